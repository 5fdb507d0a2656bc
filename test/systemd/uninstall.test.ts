// Tests that install.sh --uninstall and --purge remove what it has installed, and nothing else.

import {
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';
import {
  card,
  contents,
  files,
  install,
  packageEntry,
  release,
  SYSTEM,
  textOf,
  useCard,
  work,
} from './card.ts';

const isRoot = process.getuid?.() === 0;
useCard();

describe.skipIf(!isRoot)(`install.sh --uninstall${isRoot ? '' : ' (needs root)'}`, () => {
  it('leaves nothing but the configuration with --uninstall, and nothing with --purge, if no row was stored', () => {
    const before = contents();
    install(release('1.0.0'), '--enable-i2c', '--enable-1wire', '--port', '80');
    expect(install(join(work, '1.0.0'), '--uninstall').status).toBe(0);
    const left = contents();
    expect(Object.keys(left).filter(path => !(path in before))).toEqual([
      'etc/dapberry',
      'etc/dapberry/config.yaml',
    ]);
    expect(install(join(work, '1.0.0'), '--purge').status).toBe(0);
    expect(contents()).toEqual(before);
  });

  it('keeps the drop-ins of the administrator with --uninstall, says where they are, and removes them with --purge', () => {
    const before = contents();
    install(release('1.0.0'), '--port', '80');
    const [etc, control] = ['etc/systemd/system', 'etc/systemd/system.control/dapberry.service.d'];
    const own = [
      `${etc}/dapberry.service.d/disk.conf`,
      `${etc}/dapberry-pull@roof.service.d/override.conf`,
      `${control}/50-MemoryMax.conf`,
    ];
    for (const path of [...own, `${control}/50-DeviceAllow.conf`]) {
      mkdirSync(dirname(join(card, path)), { recursive: true });
      writeFileSync(join(card, path), '[Service]\n');
    }
    const shown = install(join(work, '1.0.0'), '--uninstall', '--dry-run');
    expect(own.every(path => existsSync(join(card, path)))).toBe(true);
    const { status, said } = install(join(work, '1.0.0'), '--uninstall');
    expect(status).toBe(0);
    for (const text of [shown.said, said])
      expect(text.match(/^the drop-ins of the administrator stay in .*(?=;)/gm)).toEqual(
        [`${control}`, `${etc}/dapberry.service.d`, `${etc}/dapberry-pull@roof.service.d`].map(
          folder => `the drop-ins of the administrator stay in ${join(card, folder)}`,
        ),
      );
    const left = Object.keys(contents()).filter(path => path.includes('/dapberry') && /\.conf$/.test(path));
    expect(left.toSorted()).toEqual(own.toSorted());
    expect(install(join(work, '1.0.0'), '--purge').status).toBe(0);
    expect(contents()).toEqual(before);
  });

  it.each(['--uninstall', '--purge'])('keeps measured rows with %s, and says where they are', option => {
    install(release('1.0.0'));
    const before = textOf('etc/passwd');
    const user = /^dapberry:x:(\d+):(\d+):/m.exec(before);
    const day = join(card, 'var/lib/dapberry/history/roof/2026/11/2026-11-28.parquet');
    mkdirSync(dirname(day), { recursive: true });
    writeFileSync(day, 'rows');
    chownSync(join(card, 'var/lib/dapberry'), Number(user?.[1]), Number(user?.[2]));
    chownSync(day, Number(user?.[1]), Number(user?.[2]));
    const { status, said } = install(join(work, '1.0.0'), option);
    expect(status).toBe(0);
    const state = join(card, 'var/lib/dapberry');
    expect(said).toContain(`the history stays in ${state}/history; this deletes it: sudo rm -r ${state}\n`);
    expect(textOf('var/lib/dapberry/history/roof/2026/11/2026-11-28.parquet')).toBe('rows');
    // Another user may get the number of the removed one.
    expect(lstatSync(day).uid).toBe(0);
  });

  it.each(['--uninstall', '--purge'])(
    'keeps the files of dapberry pull with %s, and says where they are',
    option => {
      install(release('1.0.0'));
      const [, user, group] = /^dapberry:x:(\d+):(\d+):/m.exec(textOf('etc/passwd')) ?? [];
      // On another disk.
      const disk = join(card, 'mnt/disk');
      const day = join(disk, 'roof/roof-2026-11-28.csv');
      mkdirSync(dirname(day), { recursive: true });
      writeFileSync(day, 'rows');
      for (const path of [dirname(day), day]) chownSync(path, Number(user), Number(group));
      const pulled = join(card, 'var/lib/dapberry-pull');
      mkdirSync(dirname(pulled), { recursive: true });
      symlinkSync(disk, pulled);
      const { status, said } = install(join(work, '1.0.0'), option);
      expect(status).toBe(0);
      expect(said).toContain(
        `the files of dapberry pull stay in ${pulled}; this deletes them: sudo rm -r ${pulled}\n`,
      );
      expect(textOf('mnt/disk/roof/roof-2026-11-28.csv')).toBe('rows');
      expect([lstatSync(dirname(day)).uid, lstatSync(day).uid]).toEqual([0, 0]);
    },
  );

  it.each([
    ['dapberry pull', 'dapberry-pull', 'roof/.roof-{date}.csv.lock'],
    ['a history', 'dapberry', 'history/roof/.dapberry-index.json'],
  ])('removes the folder of %s without rows', (_whose, folder, file) => {
    install(release('1.0.0'));
    const [state, stored] = [join(card, 'var/lib', folder), join(card, 'var/lib', folder, file)];
    mkdirSync(dirname(stored), { recursive: true });
    writeFileSync(stored, '{}');
    expect(install(join(work, '1.0.0'), '--uninstall').status).toBe(0);
    expect(existsSync(state)).toBe(false);
  });

  it('takes away what the socket was given by hand', () => {
    const before = contents();
    install(release('1.0.0'));
    mkdirSync(join(card, 'etc/systemd/system/dapberry.socket.d'));
    writeFileSync(join(card, 'etc/systemd/system/dapberry.socket.d/override.conf'), '');
    mkdirSync(join(card, 'etc/systemd/system/sockets.target.wants'));
    writeFileSync(join(card, 'etc/systemd/system/sockets.target.wants/dapberry.socket'), '');
    install(join(work, '1.0.0'), '--purge');
    rmdirSync(join(card, 'etc/systemd/system/sockets.target.wants'));
    expect(contents()).toEqual(before);
  });

  it('leaves a user that was there before', () => {
    writeFileSync(
      join(card, 'etc/passwd'),
      `${SYSTEM['etc/passwd']}dapberry:x:1000:44::/home/dapberry:/bin/sh\n`,
    );
    install(release('1.0.0'));
    // The service runs in it.
    expect(textOf('etc/group')).toMatch(/^dapberry:/m);
    install(join(work, '1.0.0'), '--purge');
    expect(textOf('etc/passwd')).toContain('dapberry:x:1000:');
    expect(textOf('etc/group')).toBe(SYSTEM['etc/group']);
  });

  it.each([
    [
      'what npm installed for everyone',
      '../lib/node_modules/dapberry/dist/server/main.js',
      'sudo npm uninstall -g dapberry',
    ],
    ['a checkout by hand', '/home/pi/dapberry/dist/server/main.js', 'sudo rm '],
    ['another program', undefined, 'sudo mv '],
  ])('refuses to replace the command where it is %s, and leaves that alone', (_, target, wayOut) => {
    const command = join(card, 'usr/local/bin/dapberry');
    if (target === undefined) writeFileSync(command, '#!/bin/sh\n');
    else symlinkSync(target, command);
    const before = files();
    const { status, complained } = install(release('1.0.0'));
    expect(status).toBe(1);
    expect(complained).toContain('expected no other program at ');
    expect(complained).toContain(target ?? 'found a file');
    expect(complained).toContain(wayOut);
    expect(files()).toEqual(before);
    expect(install(join(work, '1.0.0'), '--purge')).toMatchObject({ status: 0 });
    expect(files()).toEqual(before);
  });

  it('leaves a command alone that is another one by the time it is uninstalled', () => {
    install(release('1.0.0'));
    const command = join(card, 'usr/local/bin/dapberry');
    rmSync(command);
    symlinkSync('../lib/node_modules/dapberry/dist/server/main.js', command);
    expect(install(join(work, '1.0.0'), '--uninstall').said).toContain('is not of this installation');
    expect(lstatSync(command).isSymbolicLink()).toBe(true);
  });

  it('takes nothing away from a Debian package of it', () => {
    install(release('1.0.0'));
    const status = packageEntry('dapberry', 'arm64', '1');
    writeFileSync(join(card, 'var/lib/dpkg/status'), status);
    const before = files();
    expect(install(join(work, '1.0.0'), '--purge').complained).toContain('installed as a Debian package');
    expect(files()).toEqual(before);
  });

  it.each([
    ['unpacked', '', 'sudo apt remove dapberry'],
    ['half-configured', '', 'sudo apt -f install'],
    ['half-installed', '', 'sudo dpkg --remove --force-remove-reinstreq dapberry'],
    ['triggers-awaited', 'Triggers-Awaited: udev\n', 'sudo apt -f install'],
    ['triggers-pending', 'Triggers-Pending: x\n', 'sudo apt -f install'],
  ])(
    'neither goes beside a Debian package that is %s nor takes anything away from it',
    (state, line, wayOut) => {
      install(release('1.0.0'));
      const entry = packageEntry('dapberry', 'arm64', '1', state).replace(/(?=^Maintainer)/m, line);
      writeFileSync(join(card, 'var/lib/dpkg/status'), entry);
      const before = files();
      for (const option of [[], ['--uninstall'], ['--purge']]) {
        const { status, complained } = install(join(work, '1.0.0'), ...option);
        expect(status).toBe(1);
        expect(complained).toContain(`found one that is ${state}`);
        expect(complained).toContain(wayOut);
      }
      expect(files()).toEqual(before);
    },
  );

  it('does not go into a card beside what a removed Debian package left, and says how its configuration is kept', () => {
    mkdirSync(join(card, 'etc/dapberry'));
    writeFileSync(join(card, 'etc/dapberry/config.yaml'), '# mine\n');
    writeFileSync(join(card, 'var/lib/dpkg/status'), packageEntry('dapberry', 'arm64', '1', 'config-files'));
    const before = files();
    const { status, complained } = install(release('1.0.0'));
    expect(status).toBe(1);
    expect(complained).toContain('found one that was removed and not purged');
    expect(complained).toContain(
      'sudo mv /etc/dapberry /etc/dapberry.kept && sudo apt purge dapberry && sudo mv /etc/dapberry.kept /etc/dapberry',
    );
    // Which is the package's.
    expect(install(join(work, '1.0.0'), '--uninstall')).toMatchObject({
      status: 0,
      said: expect.stringContaining('sudo apt purge dapberry'),
    });
    expect(files()).toEqual(before);
  });

  it('leaves a group of its name that was there before, also where it fails', () => {
    const group = `${SYSTEM['etc/group']}dapberry:x:1001:\n`;
    writeFileSync(join(card, 'etc/group'), group);
    const before = contents();
    expect(install(release('1.0.0')).status).toBe(0);
    expect(textOf('etc/passwd')).toMatch(/^dapberry:x:\d+:1001:/m);
    expect(install(join(work, '1.0.0'), '--purge').status).toBe(0);
    expect(contents()).toEqual(before);
    rmSync(join(work, '1.0.0/systemd/dapberry-devices.path'));
    expect(install(join(work, '1.0.0')).status).not.toBe(0);
    expect(contents()).toEqual(before);
  });

  it('leaves a group that it made where others are in it by then, and says who', () => {
    install(release('1.0.0'));
    const gpio = /^gpio:[^:]*:(\d+):/m.exec(textOf('etc/group'))?.[1];
    writeFileSync(join(card, 'etc/passwd'), `${textOf('etc/passwd')}eve:x:1001:${gpio}::/home/eve:/bin/sh\n`);
    writeFileSync(join(card, 'etc/group'), textOf('etc/group').replace(/^(gpio:.*)$/m, '$1,ada'));
    const { status, said } = install(join(work, '1.0.0'), '--purge');
    expect(status).toBe(0);
    expect(said).toContain('note: the group gpio stays for others who are in it: ada eve\n');
    expect(textOf('etc/group')).toBe(`${SYSTEM['etc/group']}gpio:x:${gpio}:ada\n`);
    expect(textOf('etc/passwd')).not.toContain('dapberry');
  });

  it('leaves a group that was there before', () => {
    install(release('1.0.0'));
    install(join(work, '1.0.0'), '--purge');
    expect(textOf('etc/group')).toBe(SYSTEM['etc/group']);
  });

  it.each([
    [
      'ID=fedora\nPRETTY_NAME="Fedora Linux 42"\n',
      'expected Raspberry Pi OS, Debian .*, found Fedora Linux 42',
    ],
    [
      'ID=raspbian\nVERSION_ID="11"\nPRETTY_NAME="Raspbian GNU/Linux 11 (bullseye)"\n',
      'expected Debian 12 .*, found Raspbian GNU/Linux 11',
    ],
    ['', 'expected Raspberry Pi OS, Debian .*, found a system without /etc/os-release'],
  ])('refuses a system that it does not know', (system, sentence) => {
    if (system === '') rmSync(join(card, 'etc/os-release'));
    else writeFileSync(join(card, 'etc/os-release'), system);
    const before = files();
    const { status, complained } = install(release('1.0.0'));
    expect(status).toBe(1);
    expect(complained).toMatch(new RegExp(sentence));
    expect(files()).toEqual(before);
  });

  it('refuses an archive for another architecture, and where a package of it is installed', () => {
    const status = join(card, 'var/lib/dpkg/status');
    writeFileSync(status, packageEntry('dpkg', 'armhf', '1'));
    expect(install(release('1.0.0')).complained).toContain(
      'this archive is for arm64, and this system is armhf',
    );
    writeFileSync(status, packageEntry('dpkg', 'arm64', '1') + packageEntry('dapberry', 'arm64', '1'));
    expect(install(join(work, '1.0.0')).complained).toContain('installed as a Debian package');
    // What is compiled here would not run there.
    writeFileSync(status, packageEntry('dpkg', 's390x', '1'));
    expect(install(ROOT, '--dry-run').complained).toContain('a checkout is compiled for this machine');
  });
});

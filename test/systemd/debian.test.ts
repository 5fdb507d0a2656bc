// Tests the maintainer scripts of the Debian package with stand-ins for the programs that they call: accounts, rows, other commands.

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';
import { Packages } from './copied-system.ts';

const { PATH } = process.env;

let work: string;
/** The system that the package is installed into. */
let system: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'dapberry-debian-'));
  system = join(work, 'system');
  mkdirSync(join(system, 'etc'), { recursive: true });
});
afterEach(() => rmSync(work, { recursive: true }));

/** Runs a script of the package as dpkg does, with the programs that are in the way of the machine's. */
function run(script: string, ...args: readonly string[]) {
  return spawnSync('sh', [join(ROOT, 'systemd/debian', script), ...args], {
    encoding: 'utf8',
    env: { ...process.env, PATH: `${join(work, 'bin')}:${PATH}`, DPKG_ROOT: system },
  });
}

describe('the Debian package', () => {
  it('does not replace a command that somebody else put where its own goes', () => {
    mkdirSync(join(system, 'usr/bin'), { recursive: true });
    symlinkSync('../lib/node_modules/dapberry/dist/server/main.js', join(system, 'usr/bin/dapberry'));
    const { status, stderr } = run('preinst', 'install');
    expect(status).toBe(1);
    expect(stderr).toContain('found one at /usr/bin/dapberry');
    expect(stderr).toContain('npm uninstall -g dapberry');
    // Its own, at an upgrade.
    expect(run('preinst', 'upgrade', '0.1.0').status).toBe(0);
  });

  it('is installed where there is none, and upgraded', () => {
    expect(run('preinst', 'install').status).toBe(0);
    expect(run('preinst', 'upgrade', '0.1.0').status).toBe(0);
  });
});

describe.skipIf(spawnSync('dpkg-deb', ['--version']).status !== 0)(
  'the version of the Debian package',
  () => {
    it('of a release candidate is before that of the release', () => {
      const packages = new Packages();
      packages.make('1.3.0-rc.1');
      const args = ['-f', join(packages.folder, '1.3.0-rc.1.deb'), 'Version'];
      const version = spawnSync('dpkg-deb', args, { encoding: 'utf8' }).stdout.trim();
      packages.close();
      expect(version).toContain('1.3.0');
      expect(spawnSync('dpkg', ['--compare-versions', version, 'lt', '1.3.0']).status).toBe(0);
    });
  },
);

describe('the accounts of the Debian package', () => {
  /** Accounts in files of the system, and what was done to them: one line a command. */
  const PROGRAMS = {
    getent: 'grep "^$2:" "$DPKG_ROOT/etc/$1"',
    id: 'sed -n "s/^\\\\([^:]*\\\\):.*[:,]$2\\\\(,.*\\\\)*$/\\\\1/p" "$DPKG_ROOT/etc/group" | tr "\\\\n" " "',
    ...Object.fromEntries(
      ['adduser', 'addgroup', 'deluser', 'delgroup', 'usermod'].map(name => [
        name,
        `echo ${name} "$@" >>${'$DPKG_ROOT'}/did`,
      ]),
    ),
    ...Object.fromEntries(
      ['udevadm', 'systemctl', 'deb-systemd-helper', 'deb-systemd-invoke'].map(name => [name, '']),
    ),
  };

  beforeEach(() => {
    mkdirSync(join(work, 'bin'));
    mkdirSync(join(system, 'usr/share/dapberry'), { recursive: true });
    writeFileSync(join(system, 'usr/share/dapberry/config.starter.yaml'), '');
    for (const [name, text] of Object.entries(PROGRAMS)) {
      writeFileSync(join(work, 'bin', name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(work, 'bin', name), 0o755);
    }
  });

  function accounts(passwd: string, group: string) {
    writeFileSync(join(system, 'etc/passwd'), passwd);
    writeFileSync(join(system, 'etc/group'), group);
  }

  /** What is done to accounts by a purge after it was configured, without options. */
  function donePurging() {
    const file = join(system, 'did');
    expect(run('postinst', 'configure').status).toBe(0);
    rmSync(file, { force: true });
    expect(run('postrm', 'purge').status).toBe(0);
    const did = existsSync(file) ? readFileSync(file, 'utf8') : '';
    return did
      .replaceAll(/ --\S+/g, '')
      .split('\n')
      .filter(line => line !== '')
      .sort();
  }

  it('are taken away by a purge where it made them', () => {
    accounts('', '');
    const did = donePurging();
    for (const line of ['deluser dapberry', 'delgroup dapberry', 'delgroup gpio', 'delgroup i2c'])
      expect(did).toContain(line);
    expect(existsSync(join(system, 'var/lib/dapberry-package'))).toBe(false);
  });

  it('are recorded where the service cannot write, so that it cannot name others', () => {
    accounts('', '');
    mkdirSync(join(system, 'var/lib/dapberry'), { recursive: true });
    writeFileSync(join(system, 'var/lib/dapberry/made'), 'user root\n');
    expect(donePurging()).not.toContain('deluser root');
    expect(readFileSync(join(system, 'var/lib/dapberry/made'), 'utf8')).toBe('user root\n');
  });

  it.each(['remove', 'purge'])('keeps measured rows at a %s, and says where they are', action => {
    accounts('', '');
    expect(run('postinst', 'configure').status).toBe(0);
    const day = join(system, 'var/lib/dapberry/history/roof/2026/11/2026-11-28.parquet');
    mkdirSync(dirname(day), { recursive: true });
    writeFileSync(day, 'rows');
    const { status, stdout } = run('postrm', action);
    expect(status).toBe(0);
    expect(stdout).toBe(
      'dapberry: the history stays in /var/lib/dapberry/history; this deletes it: sudo rm -r /var/lib/dapberry\n',
    );
    expect(readFileSync(day, 'utf8')).toBe('rows');
  });

  it.each(['remove', 'purge'])(
    'keeps the files of dapberry pull at a %s, and says where they are',
    action => {
      accounts('', '');
      expect(run('postinst', 'configure').status).toBe(0);
      const day = join(system, 'var/lib/dapberry-pull/roof/roof-2026-11-28.csv');
      mkdirSync(dirname(day), { recursive: true });
      writeFileSync(day, 'rows');
      const isRoot = process.getuid?.() === 0;
      if (isRoot) chownSync(day, 990, 990);
      const { status, stdout } = run('postrm', action);
      expect(status).toBe(0);
      expect(stdout).toBe(
        'dapberry: the files of dapberry pull stay in /var/lib/dapberry-pull; this deletes them: sudo rm -r /var/lib/dapberry-pull\n',
      );
      expect(readFileSync(day, 'utf8')).toBe('rows');
      // Another user may get the number of the removed one.
      if (isRoot && action === 'purge') expect(statSync(day).uid).toBe(0);
    },
  );

  it('takes away the drop-ins of all units at a purge, and the socket that was enabled by hand', () => {
    accounts('', '');
    const folder = join(system, 'etc/systemd/system');
    const own = [
      'dapberry.service.d',
      'dapberry.socket.d',
      'dapberry-pull@.service.d',
      'dapberry-pull@roof.service.d',
      'sockets.target.wants',
    ];
    for (const name of [...own, 'ssh.service.d']) mkdirSync(join(folder, name), { recursive: true });
    for (const name of [...own.slice(0, 4), 'ssh.service.d']) writeFileSync(join(folder, name, 'x.conf'), '');
    symlinkSync(
      '/usr/lib/systemd/system/dapberry.socket',
      join(folder, 'sockets.target.wants/dapberry.socket'),
    );
    expect(run('postrm', 'purge').status).toBe(0);
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
    expect(left).toEqual(['sockets.target.wants', 'ssh.service.d', 'ssh.service.d/x.conf']);
  });

  it('leaves the history to an installation by install.sh that came after the removal', () => {
    mkdirSync(join(system, 'opt/dapberry/current'), { recursive: true });
    mkdirSync(join(system, 'var/lib/dapberry/history'), { recursive: true });
    const { status, stdout } = run('postrm', 'purge');
    expect([status, stdout]).toEqual([0, '']);
    expect(existsSync(join(system, 'var/lib/dapberry/history'))).toBe(true);
  });

  it('removes the folder of a history without rows', () => {
    mkdirSync(join(system, 'var/lib/dapberry/history/roof'), { recursive: true });
    writeFileSync(join(system, 'var/lib/dapberry/history/.dapberry.lock'), '');
    expect(run('postrm', 'purge').status).toBe(0);
    expect(existsSync(join(system, 'var/lib/dapberry'))).toBe(false);
  });

  it('leave a group of its name that was there before', () => {
    accounts('ada:x:1000:1000::/home/ada:/bin/sh\n', 'dapberry:x:1001:ada\n');
    const did = donePurging();
    expect(did).toContain('deluser dapberry');
    // userdel would take it away with the user whose first group it is.
    expect(did).toContain('usermod nogroup dapberry');
    expect(did).not.toContain('delgroup dapberry');
  });

  it('stay where they were there before', () => {
    accounts(
      'dapberry:x:1000:1000::/home/dapberry:/bin/sh\n',
      'dapberry:x:1000:\ngpio:x:8:dapberry\ni2c:x:9:pi,dapberry\n',
    );
    expect(donePurging()).toEqual([]);
  });

  it('that were there before are in the groups for as long as it is installed', () => {
    accounts(
      'dapberry:x:1000:1000::/home/dapberry:/bin/sh\n',
      'dapberry:x:1000:\ngpio:x:8:pi\ni2c:x:9:dapberry\n',
    );
    expect(donePurging()).toEqual(['deluser dapberry gpio']);
  });
});

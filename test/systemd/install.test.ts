// Tests that install.sh installs and upgrades on the card of a Pi, and undoes all steps if one fails.

import { spawnSync } from 'node:child_process';
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';
import { card, contents, files, install, release, textOf, useCard, work } from './card.ts';

const isRoot = process.getuid?.() === 0;

useCard();

describe.skipIf(!isRoot)(`install.sh into the card of a Pi${isRoot ? '' : ' (needs root)'}`, () => {
  it('only says what it would do with --dry-run', () => {
    const before = files();
    const { status, said } = install(release('1.0.0'), '--dry-run', '--enable-i2c');
    expect(status).toBe(0);
    expect(said.split('\n').filter(line => line !== '' && !line.startsWith('would '))).toEqual([]);
    expect(said).toContain('would make the user dapberry');
    expect(files()).toEqual(before);
  });

  it('puts the program, the service, the user, the rules and a configuration in their places', () => {
    expect(install(release('1.0.0'))).toMatchObject({ status: 0, complained: '' });
    expect(readlinkSync(join(card, 'opt/dapberry/current'))).toBe('versions/1.0.0');
    expect(textOf('opt/dapberry/current/dist/server/main.js')).toBe('// 1.0.0\n');
    expect(readlinkSync(join(card, 'usr/local/bin/dapberry'))).toBe(
      '/opt/dapberry/current/dist/server/main.js',
    );
    expect(readlinkSync(join(card, 'etc/systemd/system/multi-user.target.wants/dapberry.service'))).toBe(
      '/etc/systemd/system/dapberry.service',
    );
    expect(textOf('etc/passwd')).toMatch(/^dapberry:.*:\/nonexistent:\/usr\/sbin\/nologin$/m);
    expect(textOf('etc/group')).toMatch(/^i2c:.*:dapberry$/m);
    expect(textOf('etc/group')).toMatch(/^gpio:.*:dapberry$/m);
    expect(textOf('etc/dapberry/config.yaml')).toBe(
      readFileSync(join(ROOT, 'systemd/config.starter.yaml'), 'utf8'),
    );
  });

  it('leaves a configuration alone that is a link to a disk which is not mounted', () => {
    const link = join(card, 'etc/dapberry/config.yaml');
    mkdirSync(join(card, 'etc/dapberry'));
    symlinkSync('/mnt/usb/dapberry.yaml', link);
    expect(install(release('1.0.0'))).toMatchObject({ status: 0, complained: '' });
    expect(readlinkSync(link)).toBe('/mnt/usb/dapberry.yaml');
  });

  it('changes nothing when it runs again', () => {
    install(release('1.0.0'), '--enable-i2c', '--enable-1wire', '--port', '80');
    const before = files();
    const { status, said } = install(join(work, '1.0.0'), '--enable-i2c', '--enable-1wire', '--port', '80');
    expect([status, said]).toEqual([0, 'nothing to do: everything is up to date\n']);
    expect(files()).toEqual(before);
  });

  it('upgrades beside the version that is there, keeps the configuration, and one version before', () => {
    install(release('1.0.0'));
    writeFileSync(join(card, 'etc/dapberry/config.yaml'), '# mine\n');
    install(release('1.1.0'));
    expect(readdirSync(join(card, 'opt/dapberry/versions')).sort()).toEqual(['1.0.0', '1.1.0']);
    install(release('1.2.0'));
    expect(readdirSync(join(card, 'opt/dapberry/versions')).sort()).toEqual(['1.1.0', '1.2.0']);
    expect(textOf('opt/dapberry/current/dist/server/main.js')).toBe('// 1.2.0\n');
    expect(textOf('etc/dapberry/config.yaml')).toBe('# mine\n');
  });

  it('keeps a unit and rules that were changed by hand beside those of the new version, and says so', () => {
    install(release('1.0.0'));
    const [unit, rules] = ['etc/systemd/system/dapberry.service', 'etc/udev/rules.d/60-dapberry.rules'];
    for (const path of [unit, rules]) writeFileSync(join(card, path), '# mine\n');
    const { status, said } = install(release('1.1.0'));
    expect(status).toBe(0);
    for (const path of [unit, rules]) {
      expect(textOf(path)).toBe(readFileSync(join(ROOT, 'systemd', path.replace(/.*\/(60-)?/, '')), 'utf8'));
      expect(textOf(`${path}.old`)).toBe('# mine\n');
      expect(said).toContain(`note: ${join(card, path)} was changed by hand and is replaced; `);
    }
    writeFileSync(join(card, unit), '# mine too\n');
    install(join(work, '1.1.0'));
    expect(textOf(`${unit}.old2`)).toBe('# mine too\n');
    expect(install(release('1.2.0')).said).not.toContain('by hand');
  });

  it('undoes the keeping of a changed unit if a later step fails', () => {
    install(release('1.0.0'));
    writeFileSync(join(card, 'etc/systemd/system/dapberry.service'), '# mine\n');
    const before = contents();
    const from = release('2.0.0');
    rmSync(join(from, 'systemd/dapberry-devices.path'));
    expect(install(from).status).not.toBe(0);
    expect(contents()).toEqual(before);
  });

  it('installs another build of the same version beside it too', () => {
    install(release('1.0.0'));
    writeFileSync(join(work, '1.0.0/dist/server/main.js'), '// mended\n');
    install(join(work, '1.0.0'));
    expect(textOf('opt/dapberry/current/dist/server/main.js')).toBe('// mended\n');
    expect(readlinkSync(join(card, 'opt/dapberry/current'))).toMatch(/^versions\/1\.0\.0\+[0-9a-f]{8}$/);
  });

  it('undoes every step when one fails', () => {
    const before = contents();
    const from = release('1.0.0');
    // The last file that it would write.
    rmSync(join(from, 'systemd/dapberry-devices.path'));
    const { status, said } = install(from, '--enable-i2c', '--enable-spi');
    expect(status).not.toBe(0);
    expect(said).toMatch(/undoing \d+ steps/);
    expect(contents()).toEqual(before);
  });

  it('undoes a failed upgrade, and what it changed in the boot configuration', () => {
    install(release('1.0.0'), '--enable-1wire');
    const before = contents();
    const from = release('2.0.0');
    rmSync(join(from, 'systemd/dapberry-devices.path'));
    expect(install(from, '--enable-i2c').status).not.toBe(0);
    expect(contents()).toEqual(before);
  });

  it('undoes every step though nobody listens any more', () => {
    const before = contents();
    const script = join(release('1.0.0'), 'systemd/install.sh');
    // The reader of its output ends after the second line, as when a connection breaks or `| tee` is interrupted.
    const command = `{ "${script}" --root "${card}"; echo $? >"${work}/status"; } | { read -r a; read -r b; }`;
    spawnSync('bash', ['-c', command]);
    expect(Number(readFileSync(join(work, 'status'), 'utf8'))).toBeGreaterThan(0);
    expect(contents()).toEqual(before);
  });

  it('leaves no half of a file that it could not put in its place', () => {
    mkdirSync(join(card, 'etc/udev/rules.d/60-dapberry.rules'));
    const before = contents();
    expect(install(release('1.0.0')).status).not.toBe(0);
    expect(contents()).toEqual(before);
  });
});

describe('install.sh', () => {
  it.each([
    [['--sideways'], 'expected one of these options, found --sideways'],
    [['--port', '0'], '--port: expected a number from 1 to 65535 or default, found 0'],
    [['--port'], '--port: expected a value, found none'],
    [['--dry-run', '--port='], '--port: expected a value, found an empty one'],
    [['--dry-run', '--purge', '--root', ''], '--root: expected a value, found an empty one'],
    [['--dry-run', '--root='], '--root: expected a value, found an empty one'],
  ])('refuses %j with what it expected', (args, sentence) => {
    const { status, complained } = install(ROOT, ...args);
    expect(status).toBe(2);
    expect(complained).toContain(sentence);
  });
});

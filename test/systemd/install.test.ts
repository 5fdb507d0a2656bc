import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

const isRoot = process.getuid?.() === 0;

/** What dpkg knows of a package. */
function packageEntry(name: string, architecture: string, version: string, state = 'installed') {
  const facts = {
    Package: name,
    Status: `install ok ${state}`,
    Architecture: architecture,
    Version: version,
  };
  const lines = Object.entries({ ...facts, Maintainer: 'a <a@b.c>', Description: 'd' });
  return `${lines.map(([key, value]) => `${key}: ${value}`).join('\n')}\n\n`;
}

/** What a Debian has of what is touched. */
const SYSTEM = {
  'etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\nID=debian\n',
  'etc/passwd': 'root:x:0:0:root:/root:/bin/bash\n',
  'etc/group': 'root:x:0:\ni2c:x:44:\nnogroup:x:65534:\n',
  'etc/shadow': '',
  'etc/gshadow': 'i2c:x::\n',
  'etc/.pwd.lock': '',
  'boot/firmware/config.txt': 'dtparam=audio=on\n\n[pi4]\narm_boost=1\n',
  'var/lib/dpkg/status': packageEntry('nodejs', 'arm64', '20.19.2+dfsg-1'),
  'usr/bin/node': '',
};
const FOLDERS = [
  'opt',
  'usr/local/bin',
  'etc/systemd/system/multi-user.target.wants',
  'etc/udev/rules.d',
  'etc/modules-load.d',
];

let work: string;
/** The system that is installed into, as a card that is mounted. */
let card: string;

beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), 'dapberry-install-'));
  card = join(work, 'card');
  for (const folder of FOLDERS) mkdirSync(join(card, folder), { recursive: true });
  for (const [path, text] of Object.entries(SYSTEM)) {
    mkdirSync(join(card, path, '..'), { recursive: true });
    writeFileSync(join(card, path), text);
  }
});
afterEach(() => rmSync(work, { recursive: true }));

/** A release archive, unpacked, with a program that does nothing. */
function release(version: string): string {
  const folder = join(work, version);
  mkdirSync(join(folder, 'dist/server'), { recursive: true });
  mkdirSync(join(folder, 'docs'));
  mkdirSync(join(folder, 'node_modules'));
  cpSync(join(ROOT, 'systemd'), join(folder, 'systemd'), { recursive: true });
  for (const name of ['README.md', 'LICENSE', 'CHANGELOG.md']) cpSync(join(ROOT, name), join(folder, name));
  writeFileSync(join(folder, 'dist/server/main.js'), `// ${version}\n`);
  writeFileSync(join(folder, 'package.json'), `{\n  "name": "dapberry",\n  "version": "${version}",\n}\n`);
  writeFileSync(join(folder, 'ARCHITECTURE'), 'arm64\n');
  return folder;
}

function install(from: string, ...args: readonly string[]) {
  const script = join(from, 'systemd/install.sh');
  const { status, stdout, stderr } = spawnSync(script, ['--root', card, ...args], { encoding: 'utf8' });
  return { status, said: stdout, complained: stderr };
}

/** Every file of the system with its mode, owner, time and content, or where it leads; not the copies that passwd(5) keeps. */
function files(): Readonly<Record<string, string>> {
  const paths = readdirSync(card, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    paths
      .filter(path => !/^etc\/(passwd|group|shadow|gshadow)-$/.test(path))
      .map(path => {
        const file = join(card, path);
        const { mode, uid, mtimeMs } = lstatSync(file);
        const facts = `${mode.toString(8)} ${uid}`;
        if (lstatSync(file).isSymbolicLink()) return [path, `${facts} -> ${readlinkSync(file)}`];
        if (lstatSync(file).isDirectory()) return [path, facts];
        return [path, `${facts} ${mtimeMs} ${readFileSync(file, 'utf8')}`];
      }),
  );
}

/** Gives the card other versions of Node: Debian's, and that of nodejs.org, whose headers tell its numbers. */
function nodes({ packaged, local }: { readonly packaged?: string; readonly local?: readonly number[] }) {
  rmSync(join(card, 'usr/bin/node'));
  if (packaged !== undefined) writeFileSync(join(card, 'usr/bin/node'), '');
  const status = packaged === undefined ? '' : packageEntry('nodejs', 'arm64', packaged);
  writeFileSync(join(card, 'var/lib/dpkg/status'), status);
  if (local === undefined) return;
  writeFileSync(join(card, 'usr/local/bin/node'), '');
  const headers = join(card, 'usr/local/include/node');
  mkdirSync(headers, { recursive: true });
  const defines = ['MAJOR', 'MINOR', 'PATCH'].map(
    (part, index) => `#define NODE_${part}_VERSION ${local[index]}\n`,
  );
  if (local.length > 0) writeFileSync(join(headers, 'node_version.h'), defines.join(''));
}

/** The same without times: what was put back is as good as what was never touched. */
function contents() {
  return Object.fromEntries(
    Object.entries(files()).map(([path, text]) => [path, text.replace(/^(\d+ \d+) [\d.]+ /, '$1 ')]),
  );
}

const textOf = (path: string) => readFileSync(join(card, path), 'utf8');

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

  it('changes nothing when it runs again', () => {
    install(release('1.0.0'), '--enable-i2c', '--enable-1wire', '--port', '80');
    const before = files();
    const { status, said } = install(join(work, '1.0.0'), '--enable-i2c', '--enable-1wire', '--port', '80');
    expect([status, said]).toEqual([0, 'nothing to do: all is as it should be\n']);
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
    // Whoever reads what it says is gone after its second line, as when a connection breaks or `| tee` is interrupted.
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

  it('switches interfaces on for every model, and only those that are not', () => {
    writeFileSync(join(card, 'boot/firmware/config.txt'), 'dtparam=i2c_arm=on,spi=on\n[pi4]\narm_boost=1\n');
    install(release('1.0.0'), '--enable-i2c', '--enable-1wire', '--enable-spi');
    expect(textOf('boot/firmware/config.txt')).toMatch(/\n\[all\]\ndtoverlay=w1-gpio\n# dapberry: end\n$/);
    expect(textOf('etc/modules-load.d/dapberry.conf')).toBe('i2c-dev\n');
    install(join(work, '1.0.0'), '--uninstall');
    expect(textOf('boot/firmware/config.txt')).toBe('dtparam=i2c_arm=on,spi=on\n[pi4]\narm_boost=1\n');
  });

  it.each([
    ['is on for one model only', '[pi4]\ndtparam=i2c_arm=on\n'],
    ['is on for one board only, after a section for all', '[all]\n[0x1234]\ndtparam=spi=on,i2c_arm=on\n'],
    ['is off on one model', 'dtparam=i2c_arm=on\n[pi4]\ndtparam=i2c_arm=off\n'],
    ['is switched off again', 'dtparam=i2c_arm=on\ndtparam=i2c_arm=off\n'],
    ['is switched off by another name', 'dtparam=i2c_arm=on\n[all]\ndtparam=audio=on,i2c=off\n'],
    ['is off', 'dtparam=i2c_arm=off\n'],
    ['is not meant by what is empty', 'dtoverlay=\ndtparam=audio=on,\n'],
    ['is a remark', '#dtparam=i2c_arm=on\n# dtparam=i2c_arm=on\n'],
    ['is a parameter of another name', 'dtparam=i2c_arm_baudrate=400000\n'],
  ])('switches I2C on where it %s', (_, text) => {
    writeFileSync(join(card, 'boot/firmware/config.txt'), text);
    install(release('1.0.0'), '--enable-i2c');
    expect(textOf('boot/firmware/config.txt')).toMatch(
      /\n# dapberry: begin.*\n\[all\]\ndtparam=i2c_arm=on\n# dapberry: end\n$/,
    );
  });

  it.each([
    ['is on in a list', 'dtparam=audio=on,i2c_arm=on,spi=on\n'],
    ['is on for all after a section', '[pi4]\narm_boost=1\n[all]\n  dtparam=i2c_arm=on # by raspi-config\n'],
    ['is on in the end', 'dtparam=i2c_arm=off\ndtparam=i2c_arm=on\n'],
    ['is on, whatever a model does', 'dtparam=i2c_arm\n[pi4]\ndtparam=spi=off\n'],
    ['is on, in lines of Windows', '[all]\r\ndtparam=i2c_arm=on\r\n'],
  ])('leaves config.txt alone where I2C %s', (_, text) => {
    writeFileSync(join(card, 'boot/firmware/config.txt'), text);
    install(release('1.0.0'), '--enable-i2c');
    expect(textOf('boot/firmware/config.txt')).toBe(text);
  });

  /** What Raspberry Pi OS has on the partition of the system since Bookworm. */
  const MOVED =
    'DO NOT EDIT THIS FILE\n\nThe file you are looking for has moved to /boot/firmware/config.txt\n';
  const FSTAB = `proc /proc proc defaults 0 0
PARTUUID=4e639091-01  /boot/firmware  vfat    defaults          0       2
PARTUUID=4e639091-02  /               ext4    defaults,noatime  0       1
`;
  it.each<[string, Readonly<Record<string, string>>]>([
    ['whose file on the other one says that it has moved', { 'boot/config.txt': MOVED }],
    ['which only etc/fstab knows', { 'etc/fstab': FSTAB }],
    ['as Raspberry Pi OS has it', { 'boot/config.txt': MOVED, 'etc/fstab': FSTAB }],
  ])('changes nothing where interfaces are asked for without the boot partition, %s', (_, there) => {
    rmSync(join(card, 'boot/firmware/config.txt'));
    for (const [path, text] of Object.entries(there)) writeFileSync(join(card, path), text);
    const before = contents();
    const { status, complained } = install(release('1.0.0'), '--enable-i2c');
    expect(status).toBe(1);
    expect(complained).toContain('expected the boot partition with config.txt at ');
    expect(complained).toContain(`${card}/boot/firmware, found none: mount it there, and run this again`);
    expect(contents()).toEqual(before);
    // Without them it needs none.
    expect(install(join(work, '1.0.0')).status).toBe(0);
    expect(install(join(work, '1.0.0'), '--purge').said).toContain(
      `note: the boot partition is not mounted at ${card}/boot/firmware`,
    );
    expect(contents()).toEqual(before);
  });

  it('switches interfaces on in the file of the boot partition, beside one that says it has moved', () => {
    writeFileSync(join(card, 'boot/config.txt'), MOVED);
    writeFileSync(join(card, 'etc/fstab'), FSTAB);
    expect(install(release('1.0.0'), '--enable-i2c').status).toBe(0);
    expect(textOf('boot/config.txt')).toBe(MOVED);
    expect(textOf('boot/firmware/config.txt')).toContain('dtparam=i2c_arm=on');
  });

  it('switches interfaces on where /boot is the boot partition, as before Bookworm', () => {
    rmSync(join(card, 'boot/firmware'), { recursive: true });
    writeFileSync(join(card, 'etc/fstab'), FSTAB.replace('/boot/firmware', '/boot'));
    expect(install(release('1.0.0'), '--enable-i2c').complained).toContain(
      `expected the boot partition with config.txt at ${card}/boot, found none`,
    );
    writeFileSync(join(card, 'boot/config.txt'), '');
    expect(install(join(work, '1.0.0'), '--enable-i2c').status).toBe(0);
    expect(textOf('boot/config.txt')).toContain('dtparam=i2c_arm=on');
  });

  it('goes on where there is no config.txt to be, as on a PC', () => {
    rmSync(join(card, 'boot/firmware'), { recursive: true });
    writeFileSync(join(card, 'boot/vmlinuz'), '');
    writeFileSync(join(card, 'etc/fstab'), 'UUID=1 /boot ext4 defaults 0 2\n');
    expect(install(release('1.0.0'), '--enable-i2c')).toMatchObject({
      status: 0,
      said: expect.stringContaining('note: no config.txt of a Raspberry Pi here'),
    });
  });

  it('leaves what others wrote after its block for every model', () => {
    writeFileSync(join(card, 'boot/firmware/config.txt'), '[pi4]\narm_boost=1\n');
    install(release('1.0.0'), '--enable-1wire');
    const file = join(card, 'boot/firmware/config.txt');
    // As raspi-config does it.
    writeFileSync(file, `${textOf('boot/firmware/config.txt')}dtparam=i2c_arm=on\n`);
    install(join(work, '1.0.0'), '--enable-i2c');
    expect(textOf('boot/firmware/config.txt').match(/i2c_arm/g)).toEqual(['i2c_arm']);
    install(join(work, '1.0.0'), '--uninstall');
    expect(textOf('boot/firmware/config.txt')).toBe('[pi4]\narm_boost=1\n[all]\ndtparam=i2c_arm=on\n');
  });

  it.each([
    ['has none', {}, /expected Node 20\.19 or later .*, found none/],
    [
      'has one that is too old',
      { packaged: '1:18.20.4+dfsg-1~deb12u1' },
      /found 18\.20\.4 at .*usr\/bin\/node/,
    ],
    [
      'has an old one that comes first',
      { packaged: '22.21.0-1nodesource1', local: [20, 11, 1] },
      /found 20\.11\.1 at .*usr\/local\/bin/,
    ],
    [
      'has one of which nothing is known',
      { packaged: '22.21.0-1nodesource1', local: [] },
      /found one of unknown version at .*usr\/local\/bin/,
    ],
  ])('tells of a card that %s for Node, first and last, and is installed', (_, node, found) => {
    nodes(node);
    const { status, said } = install(release('1.0.0'));
    expect(status).toBe(0);
    const notes = said.split('\n').filter(line => found.test(line));
    expect(notes).toHaveLength(2);
    expect(said.startsWith(`${notes[0]}\n`)).toBe(true);
    expect(said.split('\n').slice(-3).join('\n')).toContain(notes[1]);
    expect(notes[1]).toContain('sudo /opt/dapberry/current/systemd/install.sh');
    expect(install(join(work, '1.0.0')).said).toMatch(/\nnothing to do but what the notes say\n$/);
  });

  it.each([
    ['of Debian', { packaged: '20.19.2+dfsg-1' }],
    ['of NodeSource', { packaged: '22.21.0-1nodesource1' }],
    ['of nodejs.org', { local: [24, 4, 0] }],
    ['of nodejs.org before an old one of Debian', { packaged: '18.20.4+dfsg-1', local: [22, 12, 0] }],
  ])('says nothing of a Node %s that will do', (_, node) => {
    nodes(node);
    expect(install(release('1.0.0'))).toMatchObject({ status: 0, said: expect.not.stringContaining('Node') });
  });

  it('allows a port below 1024 where one is asked for, and no other right', () => {
    const dropIn = 'etc/systemd/system/dapberry.service.d/port.conf';
    install(release('1.0.0'), '--port', '80');
    expect(textOf(dropIn)).toMatch(/^AmbientCapabilities=CAP_NET_BIND_SERVICE$/m);
    expect(textOf(dropIn)).toMatch(/serve --port 80$/m);
    install(join(work, '1.0.0'), '--port=8090');
    expect(textOf(dropIn)).not.toContain('Capabilit');
  });

  it('takes a port back with --port default, also where what follows fails', () => {
    install(release('1.0.0'));
    const before = contents();
    install(join(work, '1.0.0'), '--port', '80');
    const after = contents();
    const broken = release('2.0.0');
    writeFileSync(
      join(broken, 'systemd/install/service.sh'),
      'start_service() { die "it does not start"; }\n',
    );
    expect(install(broken, '--port', 'default').complained).toContain('it does not start');
    expect(contents()).toEqual(after);
    expect(install(join(work, '1.0.0'), '--port', 'default').said).toMatch(/^remove .*port\.conf$/m);
    expect(contents()).toEqual(before);
    expect(install(join(work, '1.0.0'), '--port', 'default').said).toContain('nothing to do');
  });

  it('does not take dapberry into the group spi, which no sensor needs', () => {
    writeFileSync(join(card, 'etc/group'), `${SYSTEM['etc/group']}spi:x:45:\n`);
    install(release('1.0.0'), '--enable-spi');
    expect(textOf('etc/group')).toMatch(/^spi:x:45:$/m);
  });

  it('leaves nothing but the configuration with --uninstall, and nothing with --purge', () => {
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

  it('keeps what follows its block in config.txt where the end of that was taken away by hand', () => {
    install(release('1.0.0'), '--enable-1wire');
    const file = join(card, 'boot/firmware/config.txt');
    writeFileSync(
      file,
      `${textOf('boot/firmware/config.txt').replace('# dapberry: end\n', '')}[pi5]\ndtparam=x\n`,
    );
    install(join(work, '1.0.0'), '--uninstall');
    expect(textOf('boot/firmware/config.txt')).toContain('[pi5]\ndtparam=x\n');
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

/** Runs lines of bash with the functions of the installer's parts. */
function withParts(
  parts: readonly string[],
  lines: string,
  environment: Readonly<Record<string, string>> = {},
) {
  const sources = parts.map(part => `. "${join(ROOT, 'systemd/install', part)}.sh"`);
  const text = ['set -euo pipefail', 'DRY_RUN=false ROOT=', ...sources, lines].join('\n');
  return spawnSync('bash', ['-c', text], { encoding: 'utf8', env: { ...process.env, ...environment } });
}

describe.skipIf(!isRoot)(`the build of a checkout${isRoot ? '' : ' (needs root)'}`, () => {
  it('leaves nothing of npm and of what it compiles in the home of root', () => {
    const [home, kept] = [join(work, 'home'), join(work, 'kept')];
    for (const folder of [home, kept]) mkdirSync(folder);
    // As npm and node-gyp do it.
    const npm = `
      npm() {
        mkdir -p "\${npm_config_cache:-$HOME/.npm}/_cacache" "\${XDG_CACHE_HOME:-$HOME/.cache}/node-gyp" node_modules
      }
      chown() { :; }
      export -f npm
      runuser() { bash -c "\${@: -1}"; }`;
    const from = release('1.0.0');
    writeFileSync(join(from, 'package-lock.json'), '{}');
    rmSync(join(from, 'ARCHITECTURE'));
    const { status, stderr } = withParts(
      ['steps', 'program'],
      `${npm}
      KEPT=${kept} SOURCE=${from} PROGRAM=${work}/program
      is_built() { return 1; }
      build_checkout
      copy_program ${work}/staged mark`,
      { HOME: home, npm_config_cache: '', XDG_CACHE_HOME: '' },
    );
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(readdirSync(home)).toEqual([]);
    expect(readdirSync(kept)).not.toEqual([]);
  });
});

describe('the Node of the machine', () => {
  /** What is said of a Node at this place. */
  function ask(place: string) {
    return withParts(
      ['steps', 'machine', 'program'],
      `node() { echo 22.13.1; }
      command() { echo /usr/local/bin/node; }
      readlink() { echo ${place}; }
      check_node`,
    );
  }

  it.each([
    '/home/pi/.nvm/versions/node/v22.13.1/bin/node',
    '/root/.volta/bin/node',
    '/run/user/1000/fnm_multishells/1/bin/node',
  ])('is refused at %s, where the service sees nothing', place => {
    const { status, stderr } = ask(place);
    expect(status).toBe(1);
    expect(stderr).toContain('expected a Node outside of homes');
    expect(stderr).toContain(`found /usr/local/bin/node, which is ${place}`);
  });

  it('is not mentioned elsewhere', () => {
    expect(ask('/usr/bin/node')).toMatchObject({ status: 0, stdout: '', stderr: '' });
  });

  /** Where there is none yet, and apt works as these lines say; `$1` of apt_get is what it is asked for. */
  function withApt(lines: string) {
    return withParts(
      ['steps', 'machine', 'program'],
      `KEPT=${work}
      command() { case $2 in node) return 1 ;; esac; }
      node() { [ ! -e ${work}/node ] || cat ${work}/node; }
      packages() { :; }
      candidate_of() { echo 20.19.2; }
      ${lines}
      apt-get() { local word; for word; do case $word in install) apt_install_; return ;; update) apt_update_; return ;; esac; done; }
      env() { shift; "$@"; }
      check_node`,
    );
  }

  it('is installed without new lists where the old ones will do', () => {
    const { status, stdout } = withApt(
      `apt_install_() { echo 20.19.2 >${work}/node; }; apt_update_() { exit 9; }`,
    );
    expect({ status, stdout }).toEqual({
      status: 0,
      stdout: 'install Node 20.19.2 (apt-get install nodejs)\n',
    });
  });

  it('is installed with new lists, once, where those of before name files that are gone', () => {
    const { status, stdout } = withApt(`
      apt_install_() { [ -e ${work}/fresh ] && echo 20.19.2 >${work}/node; }
      apt_update_() { [ ! -e ${work}/fresh ] && touch ${work}/fresh; }`);
    expect(status).toBe(0);
    expect(stdout).toContain('the lists of packages may be old');
  });

  it.each([
    [
      'the machine is offline',
      'apt_install_() { return 100; }; apt_update_() { return 100; }',
      'may be offline',
    ],
    [
      'there are no lists, and the machine is offline',
      'candidate_of() { :; }; apt_install_() { exit 9; }; apt_update_() { return 100; }',
      'may be offline',
    ],
    [
      'new lists do not help',
      'apt_install_() { return 100; }; apt_update_() { return 0; }',
      'expected that apt installs nodejs, also with new lists',
    ],
    [
      'apt installs another one',
      `apt_install_() { echo 18.20.4 >"$KEPT/node"; }; apt_update_() { :; }`,
      'expected that apt installs a Node of 20.19 or later, found 18.20.4 after it',
    ],
  ])('is told to be missing where %s', (_, lines, sentence) => {
    const { status, stderr } = withApt(lines);
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
  });
});

describe('the addons', () => {
  /** A program with modules whose addons load as these texts do, for these Nodes. */
  function addons(texts: Readonly<Record<string, string>>, ...built: readonly number[]) {
    const root = join(work, 'program');
    for (const name of ['i2c-bus', 'onoff', 'koffi']) {
      mkdirSync(join(root, 'node_modules', name), { recursive: true });
      writeFileSync(join(root, 'node_modules', name, 'index.js'), texts[name] ?? '');
    }
    for (const abi of built)
      mkdirSync(join(root, `node_modules/i2c-bus/lib/binding/node-v${abi}-linux-arm64`), { recursive: true });
    mkdirSync(join(root, 'systemd'));
    cpSync(join(ROOT, 'systemd/load-addons.mjs'), join(root, 'systemd/load-addons.mjs'));
    const { status, stdout, stderr } = withParts(
      ['steps', 'machine', 'program'],
      `PROGRAM=${root}
      as_service() { "$@"; }
      tell_addons`,
    );
    return { status, said: stdout, complained: stderr };
  }
  const own = Number(process.versions.modules);
  const WRONG = `throw new Error("The module 'x' was compiled against\\nNODE_MODULE_VERSION 1. Please try re-compiling")`;

  it('are not mentioned where they load', () => {
    expect(addons({}, own)).toEqual({ status: 0, said: '', complained: '' });
  });

  it('are told to be missing for this Node, with those that there are, whichever modules need them', () => {
    const { said } = addons({ 'i2c-bus': WRONG, onoff: WRONG }, 127, 137);
    expect(said).toMatch(
      new RegExp(
        `^note: expected a Node that this build has addons for \\(22, 24\\), found Node ${process.versions.node} at .*: sensors on I2C and GPIO pins through sysfs will not work\\. Install one of these, .*\\n$`,
      ),
    );
  });

  it('are told to be wrong where they are there for this Node and do not load, and that the same build does not help', () => {
    const { said } = addons({ 'i2c-bus': WRONG }, 127, own);
    expect(said).toContain('expected that i2c-bus loads under Node');
    expect(said).toContain('compiled against NODE_MODULE_VERSION 1. Sensors on I2C will not work.');
    expect(said).toContain('take another one; installing the same one again does not help');
  });

  it('are told to be compiled for another Node on this machine, and how that comes', () => {
    const { said } = addons({ onoff: WRONG });
    expect(said).toContain('npm config delete nodedir; then install again');
  });

  it('that crash are told of like any other', () => {
    const { status, said } = addons({ koffi: 'process.kill(process.pid, "SIGSEGV")' }, own);
    expect(status).toBe(0);
    expect(said).toContain('expected that koffi loads');
    expect(said).toContain('its process ended by SIGSEGV');
  });
});

describe('the port', () => {
  /** What is said of a port before anything is changed. */
  function check({ option = '', unit = '', state = 'inactive', config = '' }) {
    mkdirSync(join(card, 'etc/dapberry'), { recursive: true });
    writeFileSync(join(card, 'etc/dapberry/config.yaml'), config);
    const { status, stderr } = withParts(
      ['steps', 'program', 'port', 'service'],
      `PORT=${option}
      systemctl() {
        case $* in
          *is-active*) return 3 ;;
          *ExecStart*) echo '{ path=/usr/local/bin/dapberry ; argv[]=/usr/local/bin/dapberry serve ${unit} ; }' ;;
          *ActiveState*) echo ${state} ;;
        esac
      }
      # Only the configuration is in another place.
      eval "$(declare -f key_of_server | sed 's|\\$ROOT/etc|${card}/etc|')"
      check_port`,
    );
    return { status, stderr };
  }

  let server: Server;
  let taken: number;
  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    ({ port: taken } = server.address() as AddressInfo);
  });
  afterEach(() => server.close());

  it.each<[string, () => Parameters<typeof check>[0]]>([
    ['--port', () => ({ option: String(taken) })],
    ['a unit that waits to be started again', () => ({ unit: `--port ${taken}`, state: 'activating' })],
    ['the configuration', () => ({ config: `# Mine.\nserver:\n  cors: {}\n  port: ${taken} # free?\n` })],
    ['the configuration in one line', () => ({ config: `server: {host: 0.0.0.0, port: "${taken}"}\r\n` })],
    [
      '--port default',
      () => ({ option: 'default', unit: '--port 1', config: `server:\n  port: ${taken}\n` }),
    ],
  ])('is refused where %s names one that another program has', (_, given) => {
    const { status, stderr } = check(given());
    expect(status).toBe(1);
    expect(stderr).toContain(`expected that port ${taken} is free, found `);
    expect(stderr).toContain('nothing was changed');
  });

  it.each<[string, () => Parameters<typeof check>[0]]>([
    [
      'it is the one that the service has',
      () => ({ option: String(taken), unit: `--port ${taken}`, state: 'active' }),
    ],
    ['the configuration leaves it to the system', () => ({ config: 'server: {port: 0}\n' })],
    [
      'another one comes before the configuration',
      () => ({ option: '1', config: `server: {port: ${taken}}\n` }),
    ],
    [
      'it is that of something else',
      () => ({ config: `datasets:\n  a: {port: ${taken}}\nserver:\n  port: 1\n` }),
    ],
    ['the server has another address', () => ({ config: `server: {host: 192.0.2.1, port: ${taken}}\n` })],
    ['it is written in another way', () => ({ option: '08081' })],
  ])('is no reason to stop where %s', (_, given) => {
    expect(check(given())).toEqual({ status: 0, stderr: '' });
  });
});

describe('what a driver prints', () => {
  it('is no address to be asked or shown, and moves no terminal', () => {
    const { stdout } = withParts(
      ['steps', 'program', 'port', 'service'],
      `port_of_unit() { :; }
      as_service() {
        printf 'live page  http://localhost:8080/ http://[::1]:8080/ http://x/\\033[2J/ http://e$(id)/ javascript:x\\n'
        printf '\\033[2J' >&2
      }
      addresses
      printf 'a\\033[2J\\302\\233b\\302\\260\\tc\\r\\n' | harmless`,
    );
    expect(stdout).toBe('http://localhost:8080/\nhttp://[::1]:8080/\na?[2J?b°\tc?\n');
  });
});

describe('the wait for the service to be well', () => {
  /** Waits two seconds at most for a service that systemd says is in this state, and is to be found there. */
  function wait(state: string, address: string) {
    const { status, stdout, stderr } = withParts(
      ['steps', 'program', 'port', 'service'],
      `VERSION=1.0.0 PROOF=0
      addresses() { echo ${address}; }
      journalctl() { :; }
      state_of() { case $1 in ActiveState) echo ${state} ;; MainPID) echo 7 ;; NRestarts) echo 0 ;; esac; }
      wait_until_well
      tell_addresses`,
      { DAPBERRY_PATIENCE: '2' },
    );
    return { status, said: stdout, complained: stderr };
  }
  // For documentation (RFC 5737): no machine has it.
  const ABSENT = 'http://203.0.113.7:8080/';

  it('ends where it is ready and waits for an address that the machine does not have, and says so', () => {
    const { status, said } = wait('active', ABSENT);
    expect(status).toBe(0);
    expect(said).toMatch(
      /^note: .*was not asked at http:\/\/203\.0\.113\.7:8080\/, an address that this machine does not have/,
    );
    expect(said).toContain(`dapberry will serve at\n  ${ABSENT}\n`);
  });

  it('fails where it does not become ready, with such an address too', () => {
    expect(wait('activating', ABSENT)).toMatchObject({
      status: 1,
      complained: expect.stringContaining('found the service activating'),
    });
  });

  it('fails where nobody answers at an address of the machine', () => {
    const { status, complained } = wait('active', 'http://127.0.0.1:1/');
    expect(status).toBe(1);
    expect(complained).toContain('expected that 1.0.0 answers at http://127.0.0.1:1/health');
  });
});

describe('install.sh', () => {
  it.each([
    [['--sideways'], 'expected an option of these, found --sideways'],
    [['--port', '0'], '--port: expected a number from 1 to 65535 or default, found 0'],
    [['--port'], '--port: expected a value, found none'],
  ])('refuses %j with what it expected', (args, sentence) => {
    const { status, complained } = install(ROOT, ...args);
    expect(status).toBe(2);
    expect(complained).toContain(sentence);
  });
});

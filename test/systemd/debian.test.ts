import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

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
  it('is not installed beside what install.sh installed, whose units would go on', () => {
    mkdirSync(join(system, 'opt/dapberry/current'), { recursive: true });
    const { status, stderr } = run('preinst', 'install');
    expect(status).toBe(1);
    expect(stderr).toContain('install.sh --uninstall');
  });

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

describe('start.sh of the Debian package', () => {
  /** The folder of the package's files, with a program that ends with a chosen status. */
  let library: string;
  /** Where the service looks for Node. */
  let places: string;
  beforeEach(() => {
    places = dirname(process.execPath);
    library = join(work, 'lib');
    for (const folder of ['systemd', 'dist/server', 'node_modules'])
      mkdirSync(join(library, folder), { recursive: true });
    for (const name of ['debian/start.sh', 'load-addons.mjs'])
      cpSync(join(ROOT, 'systemd', name), join(library, 'systemd', basename(name)));
    for (const name of ['i2c-bus', 'onoff', 'koffi']) addon(name, '');
    mkdirSync(join(work, 'bin'));
    put('setsid', '[ "$1" = --wait ] && shift; exec "$@"');
    put('setpriv', 'echo "setpriv $1" >>$DID; shift 4; exec "$@"');
    put('deb-systemd-invoke', 'echo "$@" >>$DID');
    put('journalctl', 'printf "port 8080 is \\033[2Jtaken\\n"');
    put('dpkg', 'echo arm64');
    systemd({ ActiveState: 'active', NRestarts: '0' });
    programThat('');
  });

  function put(name: string, text: string) {
    writeFileSync(join(work, 'bin', name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(work, 'bin', name), 0o755);
  }
  function addon(name: string, text: string) {
    mkdirSync(join(library, 'node_modules', name), { recursive: true });
    writeFileSync(join(library, 'node_modules', name, 'index.js'), text);
  }
  function systemd(properties: Readonly<Record<string, string>>) {
    const cases = Object.entries(properties).map(([name, value]) => `*--property=${name}*) echo ${value} ;;`);
    put('systemctl', `case "$*" in ${cases.join(' ')} stop*) echo "systemctl $@" >>$DID ;; esac`);
  }
  function programThat(text: string) {
    writeFileSync(join(library, 'dist/server/main.js'), text);
  }
  function start(...args: readonly string[]) {
    const did = join(work, 'did');
    writeFileSync(did, '');
    const { status, stderr } = spawnSync('sh', [join(library, 'systemd/start.sh'), ...args], {
      encoding: 'utf8',
      env: {
        ...process.env,
        PATH: `${join(work, 'bin')}:${PATH}`,
        DID: did,
        DAPBERRY_PATH: places,
        DAPBERRY_PROOF: '0',
      },
    });
    return { status, stderr, did: readFileSync(did, 'utf8') };
  }

  it('restarts the service with a version that takes the configuration', () => {
    const { status, stderr, did } = start('1.0.0');
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    expect(did).toContain('restart dapberry.service');
    expect(did).not.toContain('systemctl stop');
    // Drivers of the configuration are not loaded by root.
    expect(did).toContain('setpriv --reuid=dapberry');
  });

  it('leaves the old version running where the new one does not take the configuration, and dpkg fails', () => {
    programThat('console.error("config.yaml:3: \\x1b[2Jmistake"); process.exit(2)');
    const { status, stderr, did } = start('1.0.0');
    expect(status).toBe(1);
    expect(stderr).toContain('config.yaml:3: ?[2Jmistake\n');
    expect(stderr).toContain('the version 1.0.0 that runs goes on as it is, and was not restarted');
    expect(stderr).toContain('sudo dpkg --configure dapberry');
    expect(stderr).toContain('sudo apt install --allow-downgrades ./dapberry_1.0.0_arm64.deb');
    expect(did).not.toContain('restart');
  });

  it('tells a program that does not run from a wrong configuration', () => {
    programThat('throw new Error("broken")');
    const { status, stderr, did } = start();
    expect(status).toBe(1);
    expect(stderr).toContain('expected that this version runs');
    expect(stderr).toContain('broken');
    expect(stderr).not.toContain('to go back');
    expect(did).not.toContain('restart');
  });

  it.each([
    ['failed', '0'],
    ['activating', '0'],
    ['active', '1'],
  ])(
    'ends a version that does not stay up, instead of leaving it to start over and over: %s, %s restarts',
    (state, restarts) => {
      systemd({ ActiveState: state, NRestarts: restarts, Result: 'exit-code' });
      const { status, stderr, did } = start('1.0.0');
      expect(status).toBe(1);
      expect(did).toContain('systemctl stop dapberry.service');
      expect(stderr).toContain('port 8080 is ?[2Jtaken');
      expect(stderr).toContain(`found it ${state} (exit-code)`);
    },
  );

  it('goes well where somebody wants it down', () => {
    systemd({ ActiveState: 'inactive' });
    expect(start('1.0.0')).toMatchObject({ status: 0, stderr: '' });
  });

  it('says of which addons that they do not load, and goes on', () => {
    addon('i2c-bus', 'throw new Error("compiled against another Node,\\nNODE_MODULE_VERSION 115");');
    const { status, stderr } = start('1.0.0');
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^dapberry: note: expected that i2c-bus loads under Node .*, found: compiled against .*\n$/,
    );
  });

  it('fails where the service finds no Node, and starts nothing', () => {
    places = join(work, 'none');
    const { status, stderr, did } = start('1.0.0');
    expect(status).toBe(1);
    expect(stderr).toContain('found none: sudo apt install nodejs');
    expect(did).toBe('');
  });
});

import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NEEDS } from '../../device/kind.ts';
import { devicesOf } from '../../server/cli/commands/devices.ts';
import type { Config } from '../../server/config/config.ts';
import { ROOT } from '../sources.ts';

const { PATH } = process.env;

let folder: string;
let configuration: string;
let list: string;

/** Puts a program before those of the machine. */
function program(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

/** What the unit that loads the configuration and its drivers does when it is started; it ends as its last command does. */
function lister(text: string) {
  writeFileSync(join(folder, 'lister'), `list=${list}\n${text}\n`);
}

function allowDevices() {
  return spawnSync(join(ROOT, 'systemd/allow-devices.sh'), [configuration, list], {
    encoding: 'utf8',
    timeout: 10_000,
    env: { PATH: `${folder}:${PATH}` },
  });
}

/** The devices that systemd was asked to allow. */
const told = () => {
  const file = join(folder, 'told');
  return existsSync(file) ? readFileSync(file, 'utf8') : '';
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-devices-'));
  configuration = join(folder, 'configuration');
  list = join(folder, 'list');
  mkdirSync(configuration);
  program(
    'systemctl',
    `case "$*" in
       'restart dapberry-device-list.service') sh ${folder}/lister; code=$?; echo $code >${folder}/code; exit $code ;;
       'stop dapberry-device-list.service') rm -rf ${list}; [ ! -e ${folder}/stopping ] || . ${folder}/stopping ;;
       'show --property=Result '*) echo exit-code ;;
       'show --property=ExecMainStatus '*) cat ${folder}/code ;;
       'show --property=DropInPaths '*) cat ${folder}/drop-ins 2>/dev/null ;;
       'show --property=DeviceAllow '*) echo 'char-rtc r'; echo 'char-gpiochip rw' ;;
       '--quiet is-failed dapberry.service') exit 1 ;;
       *) echo "$@" >>${folder}/told ;;
     esac`,
  );
  lister('printf "char-i2c rw\\nend\\n" >$list');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('allow-devices.sh', () => {
  it('allows what the list has, takes away what it has not, and the list goes', () => {
    const { status, stdout } = allowDevices();
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'allowed devices: char-i2c rw\n' });
    expect(told()).toBe('set-property dapberry.service DeviceAllow= DeviceAllow=char-i2c rw\n');
    expect(existsSync(list)).toBe(false);
  });

  it('allows nothing where nothing is needed', () => {
    lister('echo end >$list');
    expect(allowDevices()).toMatchObject({ status: 0, stdout: 'allowed devices: none\n' });
    expect(told()).toBe('set-property dapberry.service DeviceAllow=\n');
  });

  it('leaves what drop-ins of the administrator allow', () => {
    const dropIn = join(folder, 'override.conf');
    const control = join(folder, 'system.control/50-DeviceAllow.conf');
    mkdirSync(join(folder, 'system.control'));
    writeFileSync(
      control,
      '[Service]\nDeviceAllow=\nDeviceAllow=char-gpiochip rw\nDeviceAllow=/dev/old rw\n',
    );
    writeFileSync(
      dropIn,
      '[Service]\nDeviceAllow=/dev/mem rw\nDeviceAllow=\nDeviceAllow=/dev/ttyUSB0 rw\n DeviceAllow = /dev/hidraw0\n#DeviceAllow=/dev/no rw\n',
    );
    writeFileSync(join(folder, 'drop-ins'), `${control} ${dropIn}\n`);
    expect(allowDevices()).toMatchObject({
      status: 0,
      stdout: 'allowed devices: /dev/hidraw0 rwm,/dev/ttyUSB0 rw,char-i2c rw\n',
    });
    expect(told()).toBe(
      'set-property dapberry.service DeviceAllow= DeviceAllow=/dev/hidraw0 rwm DeviceAllow=/dev/ttyUSB0 rw DeviceAllow=char-i2c rw\n',
    );
  });

  it('tells systemd nothing where all is as before', () => {
    lister('printf "char-gpiochip rw\\nchar-gpiochip rw\\nend\\n" >$list');
    expect(allowDevices()).toMatchObject({ status: 0, stdout: '' });
    expect(told()).toBe('');
  });

  it('takes every line that the program can print', () => {
    const sensors = NEEDS.map(need => ({ kind: { needs: [need] } }));
    const all = devicesOf({
      simulate: false,
      datasets: [{ source: { kind: 'sensors', sensors } }],
    } as unknown as Config);
    expect(all.length).toBeGreaterThan(1);
    lister(`cat >$list <<'L'\n${all.join('\n')}\nend\nL`);
    expect(allowDevices()).toMatchObject({ status: 0, stdout: `allowed devices: ${all.join(',')}\n` });
  });

  it.each([
    ['memory', '/dev/mem rw\nend\n'],
    ['a disk', 'char-i2c rw\n/dev/mmcblk0 rw\nend\n'],
    ['all block devices', 'block-* rw\nend\n'],
    ['everything', '* rwm\nend\n'],
    ['a class of all', 'char-* rw\nend\n'],
    ['a terminal', 'char-tty rw\nend\n'],
    ['another device of the class', '/dev/i2c-1 rw\nend\n'],
    ['making of devices', 'char-i2c rwm\nend\n'],
    ['blanks', 'char-i2c rw \nend\n'],
    ['a leading blank', ' char-i2c rw\nend\n'],
    ['a carriage return', 'char-i2c rw\r\nend\n'],
    ['a backslash', 'char-i2c\\ rw\nend\n'],
    ['another property', 'char-i2c rw\nUser=root\nend\n'],
    ['an option', '--runtime\nend\n'],
    ['a substitution', '$(id)\nend\n'],
    ['an empty line', '\nend\n'],
    ['lines after the end', 'char-i2c rw\nend\n/dev/mem rw\n'],
    ['an allowed line after the end', 'end\nchar-i2c rw\n'],
    ['no end', 'char-i2c rw\n'],
    ['no end of the last line', 'char-i2c rw\nend'],
    ['nothing', ''],
    ['half a line', 'char-i2c rw\nchar-gp'],
    ['more than fits', `${'char-i2c rw\n'.repeat(1000)}end\n`],
  ])('refuses the whole list for %s, and leaves what is allowed', (_, text) => {
    writeFileSync(join(folder, 'written'), text);
    lister(`cp ${folder}/written $list`);
    const { status, stderr } = allowDevices();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^expected char-gpiochip rw, char-i2c rw or end in .*, found .*; a driver /);
    expect(told()).toBe('');
  });

  it('shows nothing of a refused line that moves a terminal', () => {
    lister(`printf '\\033[2J\\233x\\302\\205${'y'.repeat(500)}\\nend\\n' >$list`);
    const { stderr } = allowDevices();
    expect(stderr).toMatch(/, found \?\[2J\?x\?\?y{1,60};/);
  });

  it.each([
    ['a link', 'echo "char-i2c rw" >$list.other; echo end >>$list.other; ln -s $list.other $list'],
    ['a pipe', 'mkfifo $list'],
    [
      'a pipe that somebody writes into',
      'mkfifo $list; { timeout 5 sh -c "exec 3<>$list; echo /dev/mem rw >&3; sleep 5" & } >/dev/null 2>&1',
    ],
    ['a folder', 'mkdir $list'],
    ['a device', 'ln -s /dev/zero $list'],
    ['nothing', ':'],
  ])('neither waits nor reads on where the list is %s', (_, text) => {
    lister(text);
    const { status, stderr } = allowDevices();
    expect(status).toBe(1);
    expect(stderr).toMatch(/^expected (the list of devices|char-gpiochip rw)/m);
    expect(told()).toBe('');
  });

  it('leaves what is allowed where the configuration is wrong, which is no failure of its own', () => {
    lister('exit 2');
    expect(allowDevices()).toMatchObject({
      status: 0,
      stdout: 'the configuration is wrong (dapberry check shows why): the allowed devices stay the same\n',
    });
    // systemctl --failed lists no unit of dapberry for it.
    expect(told()).toBe('reset-failed dapberry-device-list.service\n');
  });

  it.each([
    ['no Node is there', 127],
    ['the program fails', 1],
  ])('fails where %s, and leaves what is allowed', (_, code) => {
    lister(`exit ${code}`);
    const { status, stderr } = allowDevices();
    expect(status).toBe(1);
    expect(stderr).toContain('found that it failed (journalctl -u dapberry-device-list.service shows why)');
    expect(told()).toBe('');
  });

  it('looks once more where the configuration was saved while it was read', () => {
    writeFileSync(join(configuration, 'garden.yaml'), 'i2c\n');
    // The first one is read while an editor has half of it written.
    lister(
      `[ ! -e ${folder}/read ] || { printf 'char-i2c rw\\nend\\n' >$list; exit 0; }
       touch ${folder}/read
       echo gpio >${configuration}/new && mv ${configuration}/new ${configuration}/garden.yaml
       exit 2`,
    );
    const { status, stdout } = allowDevices();
    expect({ status, stdout: stdout.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: 'allowed devices: char-i2c rw',
    });
  });

  it('looks once more where the configuration was saved while the list was removed', () => {
    lister(`[ -e ${configuration}/garden.yaml ] && echo 'char-i2c rw' >$list; echo end >>$list`);
    writeFileSync(
      join(folder, 'stopping'),
      `echo i2c >>${configuration}/garden.yaml; rm ${folder}/stopping\n`,
    );
    const { status, stdout } = allowDevices();
    expect({ status, stdout: stdout.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: 'allowed devices: char-i2c rw',
    });
  });

  it('does not go on for ever where something is saved without end', () => {
    lister(`echo >>${configuration}/log.txt; printf 'char-i2c rw\\nend\\n' >$list`);
    const { status, stdout } = allowDevices();
    expect(status).toBe(0);
    expect(stdout).toContain('the configuration keeps changing');
  });

  it('loads neither the configuration nor a driver itself, being root', () => {
    program('node', `echo >${folder}/loaded`);
    symlinkSync(join(folder, 'node'), join(folder, 'dapberry'));
    expect(allowDevices().status).toBe(0);
    expect(existsSync(join(folder, 'loaded'))).toBe(false);
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

const { PATH } = process.env;

let folder: string;
let configuration: string;

/** Puts a program before those of the machine. */
function program(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

function allowDevices() {
  return spawnSync(join(ROOT, 'systemd/allow-devices.sh'), [configuration], {
    encoding: 'utf8',
    env: { PATH: `${folder}:${PATH}` },
  });
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-devices-'));
  configuration = join(folder, 'configuration');
  mkdirSync(configuration);
  // What systemd allows at the moment, and what it is told.
  program('systemctl', `[ "$1" = is-failed ] || echo "$@" >>${folder}/told; [ "$1" != --quiet ]`);
  // Only what the service's user runs gets through to the program.
  program(
    'setpriv',
    'case "$*" in "--reuid=dapberry --regid=dapberry --init-groups"*) AS=dapberry "$(dirname "$0")/node" ;; esac',
  );
  program('node', '[ "$AS" = dapberry ] && echo "char-i2c rw"');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('allow-devices.sh', () => {
  it('looks once more where the configuration was saved while it was read', () => {
    writeFileSync(join(configuration, 'garden.yaml'), 'i2c\n');
    // The first one is read while an editor has half of it written.
    program(
      'node',
      `if [ -e ${folder}/read ]; then echo 'char-gpiochip rw'; exit; fi
       touch ${folder}/read
       echo gpio >${configuration}/new && mv ${configuration}/new ${configuration}/garden.yaml
       exit 1`,
    );
    const { status, stdout } = allowDevices();
    expect({ status, stdout: stdout.split('\n').at(-2) }).toEqual({
      status: 0,
      stdout: 'allowed devices: char-gpiochip rw',
    });
  });

  it('tells a machine without Node from a wrong configuration', () => {
    rmSync(join(folder, 'node'));
    for (const name of ['readlink', 'dirname']) {
      symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(folder, name));
    }
    const { status, stderr } = spawnSync('/bin/sh', [join(ROOT, 'systemd/allow-devices.sh'), configuration], {
      encoding: 'utf8',
      env: { PATH: folder },
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^expected Node .* found none/);
  });

  it('does not go on for ever where something is saved without end', () => {
    program('node', `echo >>${configuration}/log.txt; echo "char-i2c rw"`);
    const { status, stdout } = allowDevices();
    expect(status).toBe(0);
    expect(stdout).toContain('the configuration goes on changing');
  });

  it('has the configuration and its drivers loaded by the user of the service, not by root', () => {
    const { status, stdout } = allowDevices();
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'allowed devices: char-i2c rw\n' });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toContain(
      'set-property dapberry.service DeviceAllow= DeviceAllow=char-i2c rw',
    );
  });
});

import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../sources.ts';

let folder: string;

/** Puts a program before those of the machine. */
function program(name: string, text: string) {
  const file = join(folder, name);
  writeFileSync(file, `#!/bin/sh\n${text}\n`);
  chmodSync(file, 0o755);
}

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-devices-'));
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
  it('has the configuration and its drivers loaded by the user of the service, not by root', () => {
    const { status, stdout } = spawnSync(join(ROOT, 'systemd/allow-devices.sh'), {
      encoding: 'utf8',
      env: { PATH: `${folder}:${process.env['PATH']}` },
    });
    expect({ status, stdout }).toEqual({ status: 0, stdout: 'allowed devices: char-i2c rw\n' });
    expect(readFileSync(join(folder, 'told'), 'utf8')).toContain(
      'set-property dapberry.service DeviceAllow= DeviceAllow=char-i2c rw',
    );
  });
});

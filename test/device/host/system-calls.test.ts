import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { loadSystemCalls } from '../../../device/host/system-calls.ts';

describe.runIf(process.platform === 'linux')('calls of the kernel', () => {
  it('throw its error numbers', async () => {
    const calls = await loadSystemCalls();
    const file = openSync('/dev/null', 'r');
    expect(() => calls.ioctl(file, 0x8044b401, Buffer.alloc(68))).toThrow(
      expect.objectContaining({ errno: -constants.errno.ENOTTY }),
    );
    closeSync(file);
    expect(() => calls.setNonBlocking(file)).toThrow(
      expect.objectContaining({ errno: -constants.errno.EBADF }),
    );
  });

  it('read the available bytes without waiting', async () => {
    const calls = await loadSystemCalls();
    const folder = mkdtempSync(join(tmpdir(), 'dapberry-pipe-'));
    const pipe = join(folder, 'pipe');
    await once(spawn('mkfifo', [pipe]), 'exit');
    const end = openSync(pipe, 'r+');
    calls.setNonBlocking(end);
    const buffer = Buffer.alloc(8);
    expect(calls.readWaiting(end, buffer)).toBe(0);
    writeSync(end, 'abc');
    expect([calls.readWaiting(end, buffer), buffer.toString('latin1', 0, 3)]).toEqual([3, 'abc']);
    closeSync(end);
    rmSync(folder, { recursive: true });
  });
});

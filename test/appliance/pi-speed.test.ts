import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { appArchive, archiveOf } from './host/app.ts';
import { cacheFolder, makeImages } from './host/cache.ts';
import { Guest } from './host/guest.ts';
import { describeGuest } from './host/suite.ts';
import { runTap } from './host/tap.ts';

const PROJECT = join(import.meta.dirname, '../..');
const MEASUREMENTS = join(import.meta.dirname, 'guest/pi');

/** The timeout of all measurements in seconds: an emulated processor needs a minute for a start of Node. */
const SECONDS = 3600;

describeGuest('pi', [], 'speed on an emulated Raspberry Pi 3, as ratios to a plain Python server', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  let guest: Guest;

  beforeAll(async () => {
    makeImages('pi-python');
    const app = join(folder, 'bench/app');
    mkdirSync(app, { recursive: true });
    // The server of the benches uses single files of the program.
    for (const name of ['build', 'test/bench/servers'])
      cpSync(join(PROJECT, name), join(app, name), { recursive: true });
    cpSync(MEASUREMENTS, join(app, 'speed'), { recursive: true });
    const files = [
      appArchive(folder),
      archiveOf(join(folder, 'bench'), 'app'),
      archiveOf(join(cacheFolder(), 'python-arm64'), '.'),
    ];
    guest = await Guest.boot('pi', { files: Buffer.concat(files) });
    await guest.run(`date -s @${Math.round(Date.now() / 1000)}`);
  }, 1_200_000);
  afterAll(async () => {
    await guest?.cutPower();
    rmSync(folder, { recursive: true, force: true });
  });

  it('sends and decodes the right rows, and says how fast', { timeout: SECONDS * 1000 }, async () => {
    const command = 'node /app/speed/speed.mjs /app /usr/bin/python3.11';
    const { passed, failed, code, output } = await runTap(guest, command, SECONDS);
    expect(failed, output).toEqual([]);
    expect(code, output).toBe(0);
    expect(passed, output).toHaveLength(6);
  });
});

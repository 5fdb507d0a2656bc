import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { copyApp } from './host/app.ts';
import { Guest } from './host/guest.ts';
import { describeGuest } from './host/suite.ts';
import { runTap } from './host/tap.ts';

/** Each of these runs in a PC guest of its own, as root; a line `# seconds: 900` gives it more time than others. */
const FOLDER = join(import.meta.dirname, 'guest');
const SCRIPTS = readdirSync(FOLDER).filter(name => name.endsWith('.sh'));

const SECONDS = 600;

describeGuest('pc', [], 'scripts in a guest of their own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  let guest: Guest | undefined;

  beforeAll(() => copyApp(folder));
  afterEach(() => guest?.cutPower());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(SCRIPTS)('%s', { timeout: 3_600_000 }, async name => {
    const [, seconds = SECONDS] = /^# seconds: (\d+)$/m.exec(readFileSync(join(FOLDER, name), 'utf8')) ?? [];
    guest = await Guest.boot('pc', { shares: { app: folder, guest: FOLDER } });
    const { held, broken, code, output } = await runTap(guest, `/guest/${name}`, Number(seconds));
    expect(broken, output).toEqual([]);
    expect(code, output).toBe(0);
    expect(held, output).not.toEqual([]);
  });
});

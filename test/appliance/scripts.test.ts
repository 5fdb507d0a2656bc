import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { copyApp } from './host/app.ts';
import { Guest } from './host/guest.ts';
import { makePackages, type Packages } from './host/packages.ts';
import { describeGuest } from './host/suite.ts';
import { runTap } from './host/tap.ts';

const FOLDER = join(import.meta.dirname, 'guest');

/** Each of these runs in a PC guest of its own, as root; a line `# seconds: 900` gives it another time. */
const SCRIPTS = readdirSync(FOLDER).flatMap(name => {
  const text = name.endsWith('.sh') ? readFileSync(join(FOLDER, name), 'utf8') : '';
  const [, shell] = /^#!(\S+)\n/.exec(text) ?? [];
  const [, seconds = 1800] = /^# seconds: (\d+)$/m.exec(text) ?? [];
  // Without a first line of this kind it is a part of others.
  return shell === undefined ? [] : [{ name, shell, seconds: Number(seconds) }];
});

/** What they are given: files in /packages. */
const GIVEN: Readonly<Record<string, (packages: Packages) => readonly string[]>> = {
  'install.sh': ({ archive }) => [archive],
  'sandbox.sh': ({ archive }) => [archive],
  'package.sh': ({ debian, laterDebian }) => [debian, laterDebian],
};

/** How many times slower than a machine of its own the guest may be. */
const PATIENCE = 4;

describeGuest('pc', [], 'scripts in a guest of their own', () => {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  const [app, packagesFolder] = [join(folder, 'app'), join(folder, 'packages')];
  let packages: Packages | undefined;
  let guest: Guest | undefined;

  beforeAll(() => {
    copyApp(app);
    cpSync(FOLDER, join(app, 'test/appliance/guest'), { recursive: true });
    mkdirSync(packagesFolder);
  });
  afterEach(() => guest?.cutPower());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(SCRIPTS)('$name', { timeout: 3_600_000 }, async ({ name, shell, seconds }) => {
    const given = GIVEN[name];
    if (given !== undefined) packages ??= makePackages(packagesFolder);
    const files = given === undefined || packages === undefined ? [] : given(packages);
    guest = await Guest.boot('pc', { shares: { app, packages: packagesFolder } });
    const command = [
      `PATIENCE=${PATIENCE} ${shell} /app/test/appliance/guest/${name}`,
      ...files.map(file => `/packages/${file}`),
    ];
    const { held, broken, code, output } = await runTap(guest, command.join(' '), seconds);
    expect(broken, output).toEqual([]);
    expect(code, output).toBe(0);
    expect(held, output).not.toEqual([]);
  });
});

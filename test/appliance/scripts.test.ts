import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { copyApp } from './host/app.ts';
import { Guest } from './host/guest.ts';
import { ARCHITECTURE_OF, WHOLE, type WholeName } from './host/machines.ts';
import { makePackages, type Packages } from './host/packages.ts';
import { describeGuest } from './host/suite.ts';
import { runTap } from './host/tap.ts';

const FOLDER = join(import.meta.dirname, 'guest');

interface Script {
  readonly name: string;
  readonly shell: string;
  /** How long it may take. */
  readonly seconds: number;
  /** Whether it finds Node. */
  readonly node: boolean;
}

/** Each of these runs as root in a guest of its own; lines such as `# seconds: 900` say what is special to it. */
const SCRIPTS = readdirSync(FOLDER).flatMap(name => {
  const text = name.endsWith('.sh') ? readFileSync(join(FOLDER, name), 'utf8') : '';
  const [, shell] = /^#!(\S+)\n/.exec(text) ?? [];
  const said = (key: string, otherwise: string) =>
    new RegExp(`^# ${key}: (.+)$`, 'm').exec(text)?.[1] ?? otherwise;
  const [seconds, node] = [Number(said('seconds', '1800')), said('node', 'there') !== 'none'];
  // Without a first line of this kind it is a part of others.
  return shell === undefined
    ? []
    : [{ script: { name, shell, seconds, node }, machines: said('guests', 'pc').split(' ') }];
});

/** What they are given: files in /packages. */
const GIVEN: Readonly<Record<string, (packages: Packages) => readonly string[]>> = {
  'arrival.sh': ({ archive, debian }) => [archive, debian],
  'install.sh': ({ archive }) => [archive],
  'sandbox.sh': ({ archive }) => [archive],
  'steady.sh': ({ archive }) => [archive],
  'package.sh': ({ debian, laterDebian, archive }) => [debian, laterDebian, archive],
};

/** How many times slower than a machine of its own the guest may be. */
const PATIENCE = 4;

for (const machine of WHOLE) {
  const scripts = SCRIPTS.filter(({ machines }) => machines.includes(machine));
  describeGuest(machine, [], `scripts in a guest ${machine} of their own`, () =>
    describeScripts(
      machine,
      scripts.map(({ script }) => script),
    ),
  );
}

function describeScripts(machine: WholeName, scripts: readonly Script[]): void {
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

  it.each(scripts)('$name', { timeout: 7_200_000 }, async ({ name, shell, seconds, node }) => {
    const given = GIVEN[name];
    if (given !== undefined) packages ??= makePackages(packagesFolder, ARCHITECTURE_OF[machine]);
    const files = given === undefined || packages === undefined ? [] : given(packages);
    guest = await Guest.boot(machine, { shares: { app, packages: packagesFolder } });
    if (node)
      await guest.run('command -v node || apt-get -qq -y install --no-install-recommends nodejs', 600);
    const command = [
      `PATIENCE=${PATIENCE} ${shell} /app/test/appliance/guest/${name}`,
      ...files.map(file => `/packages/${file}`),
    ];
    const { held, broken, code, output } = await runTap(guest, command.join(' '), seconds);
    expect(broken, output).toEqual([]);
    expect(code, output).toBe(0);
    expect(held, output).not.toEqual([]);
  });
}

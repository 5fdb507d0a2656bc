import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { CHIP_CASES } from '../device/i2c/chip-case.ts';
import { copyApp } from './host/app.ts';
import { Guest, makeDisk } from './host/guest.ts';
import { ARCHITECTURE_OF, DEBIAN_GUESTS, type DebianGuestName } from './host/machines.ts';
import { makePackages, type Packages } from './host/packages.ts';
import { type PublishedReleases, publishReleases } from './host/release.ts';
import { describeGuest } from './host/suite.ts';
import { runTap } from './host/tap.ts';

const FOLDER = join(import.meta.dirname, 'guest');

interface Script {
  readonly name: string;
  readonly shell: string;
  /** Its timeout. */
  readonly seconds: number;
  /** Whether Node is installed. */
  readonly node: boolean;
  /** Whether a web server has releases for it, at the address in BASE. */
  readonly releases: boolean;
  /** How many times it runs, with a restart of the machine between each two. */
  readonly boots: number;
}

/** The scripts, each of which runs as root in a guest of its own; lines such as `# seconds: 900` in its head are options. */
const SCRIPTS = readdirSync(FOLDER).flatMap(name => {
  const text = name.endsWith('.sh') ? readFileSync(join(FOLDER, name), 'utf8') : '';
  const [, shell] = /^#!(\S+)\n/.exec(text) ?? [];
  const option = (key: string, otherwise: string) =>
    new RegExp(`^# ${key}: (.+)$`, 'm').exec(text)?.[1] ?? otherwise;
  const [seconds, node] = [Number(option('seconds', '1800')), option('node', 'there') !== 'none'];
  const [releases, boots] = [option('serves', 'nothing') === 'releases', Number(option('boots', '1'))];
  // A file without such a first line is part of other scripts.
  return shell === undefined
    ? []
    : [
        {
          script: { name, shell, seconds, node, releases, boots },
          machines: option('guests', 'pc').split(' '),
        },
      ];
});

/** The arguments of scripts: files in /packages. */
const ARGUMENTS: Readonly<Record<string, (packages: Packages) => readonly string[]>> = {
  'arrival.sh': ({ archive, debian, laterDebian }) => [archive, debian, laterDebian],
  'credentials.sh': ({ archive }) => [archive],
  'dark.sh': ({ archive }) => [archive],
  'found.sh': ({ archive }) => [archive],
  'rest.sh': ({ archive }) => [archive],
  'install.sh': ({ archive }) => [archive],
  'kept.sh': ({ archive }) => [archive],
  'sandbox.sh': ({ archive }) => [archive],
  'steady.sh': ({ archive }) => [archive],
  'uninstall.sh': ({ archive }) => [archive],
  'package.sh': ({ debian, laterDebian }) => [debian, laterDebian],
  'package-moves.sh': ({ debian, laterDebian, archive }) => [debian, laterDebian, archive],
  'package-users.sh': ({ debian }) => [debian],
};

/** The file of another Node for the guests; each has its own otherwise. */
const { DAPBERRY_APPLIANCE_NODE: OTHER_NODE = '' } = process.env;

/** How many times slower than a real machine the guest may be. */
const PATIENCE = 4;

for (const machine of DEBIAN_GUESTS) {
  const scripts = SCRIPTS.filter(({ machines }) => machines.includes(machine));
  describeGuest(machine, [], `scripts in a guest ${machine} of their own`, () =>
    describeScripts(
      machine,
      scripts.map(({ script }) => script),
    ),
  );
}

function describeScripts(machine: DebianGuestName, scripts: readonly Script[]): void {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-appliance-'));
  const [app, packagesFolder] = [join(folder, 'app'), join(folder, 'packages')];
  let packages: Packages | undefined;
  let releases: PublishedReleases | undefined;
  let guest: Guest | undefined;

  beforeAll(() => {
    copyApp(app);
    cpSync(FOLDER, join(app, 'test/appliance/guest'), { recursive: true });
    // The scripts for histories use single files of the program.
    cpSync(join(import.meta.dirname, '../../build'), join(app, 'build'), { recursive: true });
    cpSync(join(import.meta.dirname, '../bench/past/day.mjs'), join(app, 'test/appliance/guest/day.mjs'));
    writeFileSync(join(app, 'test/appliance/guest/i2c-cases.json'), JSON.stringify(CHIP_CASES));
    if (OTHER_NODE !== '') cpSync(OTHER_NODE, join(app, 'node'), { dereference: true });
    mkdirSync(packagesFolder);
  });
  afterEach(() => guest?.cutPower());
  afterAll(() => releases?.close());
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(scripts)('$name', { timeout: 7_200_000 }, async ({ name, shell, seconds, node, ...script }) => {
    const fileArguments = ARGUMENTS[name];
    if (fileArguments !== undefined || script.releases)
      packages ??= makePackages(packagesFolder, ARCHITECTURE_OF[machine]);
    const files = fileArguments === undefined || packages === undefined ? [] : fileArguments(packages);
    if (script.releases && packages !== undefined)
      releases ??= await publishReleases(packagesFolder, ARCHITECTURE_OF[machine], packages);
    const disk = makeDisk(join(folder, 'disk'));
    for (let boot = 1; boot <= script.boots; boot += 1) {
      guest = await Guest.boot(machine, { shares: { app, packages: packagesFolder }, disk });
      if (node && OTHER_NODE !== '') await guest.run('install -m 755 /app/node /usr/local/bin/node', 600);
      if (node)
        await guest.run('command -v node || apt-get -qq -y install --no-install-recommends nodejs', 600);
      const command = [
        `PATIENCE=${PATIENCE} BASE=${releases?.base ?? ''} BOOT=${boot} ${shell} /app/test/appliance/guest/${name}`,
        ...files.map(file => `/packages/${file}`),
      ];
      const { passed, failed, code, output } = await runTap(guest, command.join(' '), seconds);
      expect(failed, output).toEqual([]);
      expect(code, output).toBe(0);
      expect(passed, output).not.toEqual([]);
      if (boot < script.boots) await guest.shutDown();
    }
  });
}

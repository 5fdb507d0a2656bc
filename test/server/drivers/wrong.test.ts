import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driverText, type Ran, Site } from './command.ts';
import { WRONG } from './wrong-drivers.ts';

let site: Site;
let ran: Ran;
let text: readonly string[];

/** A dataset with one sensor, in four lines or more. */
const datasetText = (name: string, driver: string, more = '') =>
  `  ${name}:\n    sensors:\n      - driver: ${driver}\n        ${more}\n`;

beforeAll(async () => {
  site = new Site();
  for (const [mistake, driver] of WRONG) site.write(`${mistake}.mjs`, driver);
  // Node takes a file of this ending, without a package around it, for what its text looks like.
  site.write('by_text.js', 'module.exports = { name: "mine" };\n');
  site.copy('docs/example-sensor.js', 'right.js');
  site.write('typed.ts', 'export default 5;\n');
  mkdirSync(site.path('folder.js'));
  const config = [
    'datasets:\n',
    ...WRONG.map(([mistake, , more]) => datasetText(mistake, `./${mistake}.mjs`, more)),
    datasetText('right', './right.js'),
    datasetText('by_text', './by_text.js'),
    datasetText('missing', './missing.js'),
    datasetText('folder', './folder.js'),
    datasetText('typed', './typed.ts'),
    datasetText('ending', './right'),
    datasetText('nothing', '""'),
    datasetText('digits', '5'),
  ].join('');
  site.write('config.yaml', config);
  text = config.split('\n');
  ran = await site.run(['check', '--config', 'config.yaml']);
}, 60_000);
afterAll(() => site.dispose());

/** The problems of a dataset, each with its line, counted from the line of the dataset's name, which is 1. */
function toldOf(dataset: string): string[] {
  const first = text.indexOf(`  ${dataset}:`);
  return ran.err.split('\n').flatMap(line => {
    const [, number, path = '', said] = /^config\.yaml:(\d+):\d+: ([^\s:]+): (.*)$/.exec(line) ?? [];
    if (!path.startsWith(`datasets.${dataset}.`)) return [];
    const inside = path.replace(`datasets.${dataset}.`, '').replace('sensors[0].', '');
    return [`${Number(number) - first}: ${inside}: ${said}`];
  });
}

describe('a configuration whose drivers are wrong', () => {
  it('is refused, and nothing is printed but what is wrong', () => {
    expect([ran.code, ran.out]).toEqual([2, '']);
    expect(
      ran.err
        .trimEnd()
        .split('\n')
        .slice(0, -1)
        .filter(line => !/^config\.yaml:\d+:\d+: /.test(line)),
    ).toEqual([]);
  });

  it.each(WRONG)('tells what is wrong with each: %s', (mistake, _text, _more, problems) => {
    expect(toldOf(mistake)).toEqual(
      problems.map(problem => (typeof problem === 'string' ? problem : expect.stringMatching(problem))),
    );
  });

  it('tells a CommonJS module from an ES module', () => {
    expect(toldOf('by_text')).toEqual(toldOf('common_js'));
  });

  it('says nothing against a driver that is right', () => {
    expect(toldOf('right')).toEqual([]);
  });

  it('tells of files that are none', () => {
    const place = (name: string) => site.path(name);
    expect(toldOf('missing')).toEqual([
      `3: driver: expected a file that can be read, found none: ${place('missing.js')}`,
    ]);
    expect(toldOf('folder')).toEqual([
      `3: driver: expected a regular file, found a folder: ${place('folder.js')}`,
    ]);
    expect(toldOf('ending')).toEqual([
      '3: driver: expected a file that ends in .js or .mjs, found one without an ending',
    ]);
    expect(toldOf('nothing')).toEqual([
      '3: driver: expected the path of a file such as ./my-sensor.js, found ""',
    ]);
    expect(toldOf('digits')).toEqual([
      expect.stringContaining('3: driver: expected the path of a file such as ./my-sensor.js, found 5'),
    ]);
  });

  it('tells of TypeScript what runs it', () => {
    const { typescript } = process.features as { readonly typescript?: unknown };
    expect(toldOf('typed')).toEqual([
      typescript
        ? '3: driver: expected a sensor kind, found 5'
        : `3: driver: expected a file that ends in .js or .mjs, found .ts, which Node ${process.versions.node} cannot run; Node 22.18 and later run TypeScript`,
    ]);
  });
});

describe('a driver', () => {
  it('stands in the place of the file that names it', async () => {
    mkdirSync(site.path('own/config.d'), { recursive: true });
    site.write('own/config.d/other.yaml', 'sensors: [{ driver: ../../right.js }]\n');
    site.write('own/config.yaml', 'server: {}\n');
    const { code, out } = await site.run(['check', '--config', 'own/config.yaml']);
    expect(code).toBe(0);
    expect(out).toContain(`sensors   weather-file (weather-file of ${site.path('right.js')})`);
  });

  it('that cannot be simulated is named where everything has to be', async () => {
    site.write('needy.mjs', driverText({ needs: "['network']" }));
    site.write('needy.yaml', datasets('needy'));
    expect((await site.run(['check', '--config', 'needy.yaml'])).code).toBe(0);
    const { code, err } = await site.run(['read', '--simulate', '--config', 'needy.yaml']);
    expect(code).toBe(2);
    expect(err).toContain(
      'needy.yaml:4:17: datasets.needy.sensors[0].driver: expected a kind that can be simulated, since simulate is true, found mine',
    );
  });

  it.each([
    ['async () => { throw new Error("no wire"); }', 'no wire'],
    ['() => { throw new Error("no wire"); }', 'no wire'],
    ['async () => [1, 2]', 'expected 1 value, one per channel, found 2 in the reading'],
    ['async () => ["21.3"]', 'expected a number for depth, found "21.3"'],
    ['() => new Promise(() => {})', 'no answer within 10 s'],
    [
      '() => { setTimeout(() => { throw new Error("no wire"); }); return new Promise(() => {}); }',
      'an error that the driver did not catch: no wire',
    ],
    [
      '() => { Promise.reject(new Error("no wire")); return new Promise(() => {}); }',
      'an error that the driver did not catch: no wire',
    ],
  ])('that reads by %s has no value, and disturbs no other', async (read, error) => {
    site.write('reading.mjs', driverText({ read }));
    site.write('reading.yaml', `${datasets('reading')}  other: {sensors: [{kind: tmp36-simulated}]}\n`);
    const { code, out } = await site.run(['read', '--config', 'reading.yaml', '--format', 'json']);
    expect(code).toBe(1);
    const [wrong, ...others] = JSON.parse(out) as readonly {
      readonly value: number | null;
      readonly error?: string;
    }[];
    expect(wrong).toMatchObject({ value: null, error });
    expect(others.map(({ value }) => typeof value)).toEqual(['number', 'number']);
  });
});

function datasets(driver: string): string {
  return `datasets:\n${datasetText(driver, `./${driver}.mjs`)}`;
}

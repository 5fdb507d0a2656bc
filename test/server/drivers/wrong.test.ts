import { mkdirSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { driverText, type Ran, Site } from './command.ts';

/** Each in a dataset of its own: what stands in the driver's file, what the sensor says, and what a person is told. */
const WRONG: readonly (readonly [
  mistake: string,
  text: string,
  sensor: string,
  problems: readonly (string | RegExp)[],
])[] = [
  [
    'syntax',
    'export default {\n  name: 5,,\n};\n',
    '',
    ["3: driver: expected a driver that can be loaded, found a mistake in line 2: Unexpected token ','"],
  ],
  [
    'throws',
    '\n\nthrow new Error("no wire");\nexport default 1;\n',
    '',
    ['3: driver: expected a driver that can be loaded, found the error in line 3: no wire'],
  ],
  [
    'throws_no_text',
    'throw Object.create(null);\n',
    '',
    ['3: driver: expected a driver that can be loaded, found the error: an object'],
  ],
  [
    'hangs',
    'await new Promise(() => {});\nexport default 1;\n',
    '',
    ['3: driver: expected a driver that loads within 10 s, found one that does not'],
  ],
  [
    'own_zod',
    'import { z } from "zod";\nexport default z;\n',
    '',
    [
      '3: driver: expected a driver that can be loaded, found one that imports zod, which is not installed; use the z that the driver receives: export default ({ z }) => ...',
    ],
  ],
  [
    'no_default',
    'export const kind = {};\n',
    '',
    ['3: driver: expected a default export: a sensor kind, or a function that returns one, found none'],
  ],
  [
    'common_js',
    'module.exports = {};\n',
    '',
    [
      '3: driver: expected an ES module, found a CommonJS module, or one without exports; write "export default" in place of "module.exports ="',
    ],
  ],
  ['number', 'export default 5;\n', '', ['3: driver: expected a sensor kind, found 5']],
  [
    'factory',
    'export default () => {\n  throw new Error("no wire");\n};\n',
    '',
    ['3: driver: expected a function that returns a sensor kind, found the error in line 2: no wire'],
  ],
  [
    'empty_factory',
    'export default async () => {};\n',
    '',
    ['3: driver: expected a sensor kind, found nothing'],
  ],
  [
    'fields',
    driverText({
      name: "'thermal'",
      title: '5',
      channels: '[]',
      simulat: '() => ({})',
      options: 'z.object({ name: z.string() })',
    }),
    '',
    [
      '3: driver.title: expected a text that is not empty, found 5',
      '3: driver.channels: expected a function of the options that gives the channels, found a list of 0',
      /^3: driver\.simulat: expected one of the fields .*, found "simulat"; did you mean "simulate"\?$/,
      '3: driver.name: expected a name that no built-in kind has, found "thermal"',
      '3: driver.options.name: expected another name for the option, found a key of every sensor',
    ],
  ],
  [
    'channels',
    driverText({ channels: "() => [{ name: 'depth', units: '°C' }]" }),
    '',
    [
      '3: driver.channels[0].units: expected units in UDUNITS spelling, such as degree_Celsius, hPa, m s-1 or 1, found "°C"',
      '3: driver.channels[0].longName: expected a text that is not empty, found nothing',
    ],
  ],
  [
    'conversion',
    driverText({ conversionTime: "() => '1 s'" }),
    '',
    ['3: driver.conversionTime: expected seconds, 0 or more, found "1 s"'],
  ],
  [
    'claims',
    driverText({ claims: '() => { throw new Error("no wire"); }' }),
    '',
    ['3: driver.claims: expected an answer, found the error: no wire'],
  ],
  [
    'schema',
    driverText({
      options: 'z.strictObject({ value: z.number().refine(() => { throw new Error("no wire"); }) })',
    }),
    'value: 1',
    ['3: driver.options: expected a schema that validates options, found the error: no wire'],
  ],
  [
    'slow',
    driverText({ conversionTime: '() => 2.5' }),
    '',
    [
      '1: interval: expected 2.5 seconds or more, the time of a reading of mine, found 1; to make rows faster than its readings, give the sensor "between: nan" or "between: hold"',
    ],
  ],
  [
    'option',
    driverText(),
    'valu: 2',
    [
      '4: valu: expected one of the keys driver, name, value, channels, derived, every, between, found "valu"; did you mean "value"?',
    ],
  ],
  ['type', driverText(), 'value: two', ['4: value: expected a number, found "two"']],
  [
    'refined',
    driverText({
      options: 'z.strictObject({ value: z.number().refine(v => v % 2 === 0, "an even number") })',
    }),
    'value: 3',
    ['4: value: expected an even number, found 3'],
  ],
  [
    'together',
    driverText({
      options:
        'z.strictObject({ low: z.number(), high: z.number() }).refine(({ low, high }) => low < high, { path: ["low"], params: { expected: "a low below high", found: "5 and 4" } })',
    }),
    'low: 5\n        high: 4',
    ['4: low: expected a low below high, found 5 and 4'],
  ],
  [
    'channel',
    driverText(),
    'channels: {dept: {units: cm}}',
    ['4: channels.dept: expected one of the channels depth, found "dept"; did you mean "depth"?'],
  ],
  [
    'derived',
    driverText(),
    'derived: {a: {by: tmp36, from: depth}}',
    ['4: derived.a.from: expected a channel in V, mV or uV, found depth in m'],
  ],
  [
    'name',
    driverText(),
    'name: 3x',
    ['4: name: expected a name of at most 64 letters, digits and _, not beginning with a digit, found "3x"'],
  ],
  ['both', driverText(), 'kind: thermal', ['3: driver: expected either a driver or a kind, found both']],
];

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

/** What was told of a dataset, each with its line, the dataset's own being 1. */
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

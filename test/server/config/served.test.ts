import { afterEach, describe, expect, it } from 'vitest';
import { parseDas, parseDds } from '../../../dap/index.ts';
import { attributeTable } from '../../../dap/model/attributes.ts';
import { thisHost } from '../../../device/index.ts';
import { RESERVED_NAMES } from '../../../server/config/check/reserved-names.ts';
import { loadConfig } from '../../../server/config/load.ts';
import type { ConfigSource } from '../../../server/config/text/config-source.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import { openDatasets } from '../../opened-datasets.ts';
import { type Serving, serving } from '../../serving.ts';
import { textOf } from '../../sources.ts';

let server: Serving | undefined;
afterEach(async () => {
  await server?.close();
  server = undefined;
});

/** Serves what the texts say, simulated. */
async function serve(...sources: readonly ConfigSource[]): Promise<string> {
  const loaded = loadConfig(sources, { overrides: { simulate: true, seed: 5 } });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  const { config } = loaded;
  const datasets = await openDatasets(config.datasets, thisHost(config.seed), config.simulate);
  server = await serving({ datasets, limits: config.server, origins: config.server.cors.origins });
  return server.url;
}

const text = async (address: string) => (await fetch(address)).text();

/** A finite window of rows of a dataset, as text. */
async function rowsOf(address: string): Promise<number[][]> {
  const [, table = ''] = (await text(address)).split(/-{5,}\n/);
  const [, ...rows] = table.trim().split('\n');
  return rows.map(row => row.split(', ').map(Number));
}

const EXAMPLE = { name: 'config.example.yaml', content: textOf('systemd/config.example.yaml') };

/** Interval 0: the same rows each time, and beside them those of the same thermometer as it is. */
const SECOND: ConfigSource = {
  name: 'cellar.yaml',
  dataset: 'cellar',
  content: `
title: Cellar
institution: "Müller & Söhne"
position: {latitude: -12.5, longitude: 130, altitude: -3}
attributes:
  platform: shelf 3
  heights: [0.5, 1.5]
interval: 0
sensors:
  - kind: tmp36-simulated
    name: plain
  - kind: tmp36-simulated
    name: fine
    channels:
      temperature:
        name: kelvin
        units: K
        long_name: Temperature in the cellar
        standard_name: air_temperature
        valid_range: [250, 330]
        calibration: {scale: 1.5, offset: 273.15}
      voltage: {type: Int32, calibration: {scale: -1}}
`,
};

describe('a column', () => {
  it('states its step, as it is after a correction, and the name that its sensor was given', async () => {
    const url = await serve(SECOND, {
      name: 'shed.yaml',
      dataset: 'shed',
      content: `
interval: 0
sensors:
  - kind: tmp36-simulated
  - kind: ds18b20
    name: fridge
    derived: { fahrenheit: { from: temperature, by: linear, scale: 1.8, offset: 32, units: degree_Fahrenheit } }
`,
    });
    const attributesOf = async (dataset: string, column: string) =>
      Object.fromEntries(attributeTable(parseDas(await text(`${url}/${dataset}.das`)), 'sensor', column)!);
    expect(await attributesOf('cellar', 'kelvin')).toMatchObject({
      resolution: { values: [1.5 / 1024] },
      sensor_name: { values: ['fine'] },
    });
    expect(await attributesOf('shed', 'fridge_temperature')).toMatchObject({
      resolution: { values: [0.0625] },
      long_name: { values: ['Temperature'] },
      sensor_name: { values: ['fridge'] },
    });
    expect(await attributesOf('shed', 'fridge_fahrenheit')).toMatchObject({
      resolution: { values: [0.1125] },
      sensor_name: { values: ['fridge'] },
    });
    expect(await attributesOf('shed', 'temperature')).not.toHaveProperty('sensor_name');
  });
});

describe('the example configuration', () => {
  it('is served as it stands: its names, its attributes and its correction', async () => {
    const url = await serve(EXAMPLE);
    const dds = parseDds(await text(`${url}/.dds`));
    expect(dds.name).toBe('garden');
    expect(await text(`${url}/garden.dds`)).toContain('Float64 air_temperature;');
    const das = parseDas(await text(`${url}/garden.das`));
    expect(Object.fromEntries(attributeTable(das, 'NC_GLOBAL') ?? [])).toMatchObject({
      institution: { values: ['Example School'] },
      creator_email: { values: ['physics@example.org'] },
      keywords: { values: ['weather, air temperature'] },
      geospatial_lat_min: { type: 'Float64', values: [52.37] },
      geospatial_vertical_max: { values: [55] },
      time_coverage_resolution: { values: ['PT1S'] },
    });
    const column = attributeTable(das, 'sensor', 'air_temperature');
    expect(column?.get('long_name')).toEqual({ type: 'String', values: ['Air temperature in the shed'] });
    const [row] = await rowsOf(`${url}/garden.asc?sensor%5B0:1:0%5D`);
    const [, voltage = 0, temperature] = row ?? [];
    expect(temperature).toBeCloseTo((voltage - 500) / 10 - 0.4, 9);
  });
});

describe('a dataset with a file of its own', () => {
  it('is served beside the others, with its names, units and corrections in DDS, DAS and rows', async () => {
    const url = await serve(EXAMPLE, SECOND);
    const catalog = (await (await fetch(`${url}/catalog.json`)).json()) as { datasets: { name: string }[] };
    expect(catalog.datasets.map(({ name }) => name)).toEqual(['garden', 'machine', 'cellar']);

    const [sequence] = parseDds(await text(`${url}/cellar.dds`)).variables;
    expect(
      sequence?.type === 'Sequence' && sequence.fields.map(({ type, name }) => `${type} ${name}`),
    ).toEqual([
      'Float64 time',
      'Float64 plain_voltage',
      'Float64 plain_temperature',
      'Int32 fine_voltage',
      'Float64 kelvin',
    ]);

    const das = parseDas(await text(`${url}/cellar.das`));
    expect(Object.fromEntries(attributeTable(das, 'NC_GLOBAL') ?? [])).toMatchObject({
      title: { values: ['Cellar'] },
      summary: { values: ['Live readings: TMP36 thermometer (simulated).'] },
      institution: { values: ['Müller & Söhne'] },
      platform: { values: ['shelf 3'] },
      heights: { type: 'Float64', values: [0.5, 1.5] },
      geospatial_vertical_min: { values: [-3] },
    });
    expect(Object.fromEntries(attributeTable(das, 'sensor', 'kelvin') ?? [])).toMatchObject({
      units: { values: ['K'] },
      long_name: { values: ['Temperature in the cellar'] },
      standard_name: { values: ['air_temperature'] },
      valid_range: { type: 'Float64', values: [250, 330] },
    });
    expect(attributeTable(das, 'sensor', 'fine_voltage')?.get('valid_range')).toEqual({
      ...{ type: 'Int32', values: [-1750, -100] },
    });

    const rows = await rowsOf(`${url}/cellar.asc?&time>=1000000000&time<1000000100`);
    expect(rows.length).toBe(100);
    for (const [, volts = 0, celsius = 0, corrected, kelvin] of rows) {
      expect(corrected).toBe(Math.round(-volts));
      expect(kelvin).toBe(celsius * 1.5 + 273.15);
    }
  });
});

describe('the limits of a configuration', () => {
  it('hold for streams, for requests and for pages of other servers', async () => {
    const limits = `
server:
  maxStreams: 1
  maxRequestHead: 4 KiB
  cors: {origins: [https://example.org]}
  hosts: [pi.example.org]
`;
    const url = await serve({ name: 'c.yaml', content: limits }, SECOND);
    // First of all: in a connection that has had an answer there is none for a head that cannot be read.
    expect((await fetch(`${url}/.dds?${'a'.repeat(5000)}`)).status).toBe(431);
    const allowed = async (origin: string) =>
      (await fetch(`${url}/.dds`, { headers: { Origin: origin } })).headers.get(
        'access-control-allow-origin',
      );
    expect(await allowed('https://example.org')).toBe('https://example.org');
    expect(await allowed('https://elsewhere.org')).toBeNull();
    const first = await fetch(`${url}/.dods`);
    expect((await fetch(`${url}/.dods`)).status).toBe(503);
    await first.body?.cancel();
  });
});

describe('names that no dataset can have', () => {
  it('are those that addresses of the server itself begin with', async () => {
    await serve(SECOND);
    const routes = server!.app.printRoutes({ commonPrefix: false });
    const own = [...routes.matchAll(/── ([a-z][a-z0-9-]*)/g)].map(([, name = '']) => name);
    expect(own).toContain('health');
    expect(own.filter(name => !RESERVED_NAMES.has(name))).toEqual([]);
  });
});

describe('derived columns', () => {
  const content = `
interval: 0
sensors:
  - kind: tmp36-simulated
    name: air
    channels: {voltage: {units: V, calibration: {scale: 0.001}}}
    derived:
      again: {by: tmp36, from: voltage, long_name: Once more}
      fahrenheit: {by: linear, from: temperature, scale: 1.8, offset: 32, units: degree_Fahrenheit}
`;

  it('are served beside the columns that they come from, with names, units and ranges of their own', async () => {
    const url = await serve({ name: 'derived.yaml', dataset: 'derived', content });
    const das = parseDas(await text(`${url}/derived.das`));
    expect(Object.fromEntries(attributeTable(das, 'sensor', 'air_again') ?? [])).toMatchObject({
      units: { values: ['degree_Celsius'] },
      long_name: { values: ['Once more'] },
      valid_range: { values: [-40, 125] },
    });
    expect(Object.fromEntries(attributeTable(das, 'sensor', 'air_fahrenheit') ?? [])).toMatchObject({
      units: { values: ['degree_Fahrenheit'] },
      long_name: { values: ['Air temperature'] },
      valid_range: { values: [-40, 257] },
    });
    const rows = await rowsOf(`${url}/derived.asc?sensor%5B0:1:9%5D`);
    expect(rows.length).toBe(10);
    for (const [, volts, celsius, again, fahrenheit] of rows) {
      expect(again).toBeCloseTo((volts! * 1000 - 500) / 10, 9);
      expect(again).toBeCloseTo(celsius!, 9);
      expect(fahrenheit).toBeCloseTo(celsius! * 1.8 + 32, 9);
    }
  });
});

const SLOW: ConfigSource = {
  name: 'boiler.yaml',
  dataset: 'boiler',
  content: `
interval: 100 ms
sensors:
  - {kind: tmp36-simulated, name: fast}
  - {kind: ds18b20, name: held, resolution: 11, address: 28-000000000001, between: hold}
  - {kind: ds18b20, name: once, resolution: 11, address: 28-000000000002, between: nan}
  - {kind: tmp36-simulated, name: rare, every: 1 s}
`,
};

describe('a sensor that is slower than the rows of its dataset', () => {
  it('is NaN between its readings or repeats them, as it was asked to; its attributes and health say so', async () => {
    const url = await serve(SLOW);
    const rows = await rowsOf(`${url}/boiler.asc?sensor%5B0:1:29%5D`);
    const column = (index: number) => rows.map(row => row[index]!);
    const isNumber = (value: number) => !Number.isNaN(value);
    expect(column(2).every(isNumber)).toBe(true);
    const held = column(3);
    expect(held.slice(held.findIndex(isNumber)).every(isNumber)).toBe(true);
    const once = column(4).filter(isNumber).length;
    expect(once).toBeGreaterThan(2);
    expect(once).toBeLessThan(15);
    const rare = column(6).filter(isNumber).length;
    const seconds = rows.at(-1)![0]! - rows[0]![0]!;
    expect(Math.abs(rare - seconds)).toBeLessThan(1.5);

    const das = parseDas(await text(`${url}/boiler.das`));
    const comment = (name: string) => {
      const attribute = attributeTable(das, 'sensor', name)?.get('comment');
      return attribute instanceof Map ? attribute : attribute?.values[0];
    };
    expect(comment('held_temperature')).toBe('Rows between two readings repeat the earlier one.');
    expect(comment('once_temperature')).toBeUndefined();
    expect(comment('rare_voltage')).toBe('Read every 1 s. Rows between two readings have no value.');

    const health = await (await fetch(`${url}/health`)).json();
    expect(health).toMatchObject({
      status: 'ok',
      datasets: [
        {
          sensors: [
            { name: 'fast', state: 'ok' },
            { name: 'held', state: 'ok', slow: { waits: 0, between: 'hold' } },
            { name: 'once', state: 'ok', slow: { waits: 0, between: 'nan' } },
            { name: 'rare', state: 'ok' },
          ],
        },
      ],
    });
  });
});

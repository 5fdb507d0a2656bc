import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeStream } from '../../../dap/index.ts';
import type { Config } from '../../../server/config/config.ts';
import { loadConfig } from '../../../server/config/load.ts';
import { problemLine } from '../../../server/config/text/problem.ts';
import type { HistoryEvent } from '../../../server/run/opening.ts';
import { RunningDatasets } from '../../../server/run/running.ts';
import { type Serving, serving } from '../../serving.ts';

let folder: string;
let running: RunningDatasets | undefined;
let server: Serving | undefined;
const said: HistoryEvent[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-'));
  said.length = 0;
});
afterEach(async () => {
  await server?.close();
  await Promise.all(running?.datasets.map(dataset => dataset.close()) ?? []);
  [server, running] = [undefined, undefined];
  rmSync(folder, { recursive: true });
});

/** A thermometer of whole millivolts, of degrees, and of degrees in single precision, with these limits. */
const configOf = (volts: string, air: string, narrow: string, more = ''): Config => {
  const content = `
interval: 20 ms
${more}
sensors:
  - kind: tmp36-simulated
    channels:
      voltage: {type: Int32, ${volts}}
      temperature: {${air}}
    derived:
      fahrenheit: {by: linear, from: temperature, scale: 1.8, offset: 32, type: Float32, ${narrow}}
`;
  const source = { name: 'shed.yaml', dataset: 'shed', content };
  const loaded = loadConfig([source], { overrides: { seed: 5 } });
  if ('problems' in loaded) throw new Error(loaded.problems.map(problemLine).join('\n'));
  return loaded.config;
};

const FULL = configOf(
  'warn: {below: 620.5, above: 749.5}',
  'warn: {above: 30}, alarm: {below: 2, above: 35.25}',
  'alarm: {above: 99.9}',
);
const PLAIN = configOf('', '', '');

async function serve(config: Config): Promise<RunningDatasets> {
  running = await RunningDatasets.start(config, {
    onHistory: (_dataset, event) => said.push(event),
    synchronized: () => 'yes',
  });
  server = await serving({ datasets: running.datasets });
  return running;
}

const text = async (path: string) => (await fetch(`${server!.url}/${path}`)).text();
const json = async (path: string): Promise<unknown> => JSON.parse(await text(path));

/** The lines of the DAS that are about limits. */
const limitsIn = async () => (await text('shed.das')).split('\n').filter(line => /warn|alarm/.test(line));

describe('the limits of columns', () => {
  it('stand in the DAS in the type of the column, and in the catalogue, the latest row and the pages', async () => {
    await serve(FULL);
    // A whole number is beyond 749.5 where it is beyond 749.
    expect(await limitsIn()).toEqual([
      '            Int32 warn_below 621;',
      '            Int32 warn_above 749;',
      '            Float64 warn_above 30;',
      '            Float64 alarm_below 2;',
      '            Float64 alarm_above 35.25;',
      '            Float32 alarm_above 99.9;',
    ]);
    const air = { warn: { above: 30 }, alarm: { below: 2, above: 35.25 } };
    const all = {
      voltage: { warn: { below: 620.5, above: 749.5 } },
      temperature: air,
      fahrenheit: { alarm: { above: 99.9 } },
    };
    expect(await json('catalog.json')).toMatchObject({ datasets: [{ name: 'shed', limits: all }] });
    expect(await json('shed/latest.json')).toMatchObject({
      columns: { temperature: { units: 'degree_Celsius', ...air }, fahrenheit: all.fahrenheit },
    });
    expect(await text('shed.info')).toContain('alarm_below: 2<br>');
    expect(await text('shed.nc?sensor%5B0:1:0%5D')).toMatch(/alarm_below[\s\S]*alarm_above/);
    const numbers = (await text('metrics')).split('\n').filter(line => /^dapberry_channel_limit/.test(line));
    const channel = (name: string, units: string) =>
      `dapberry_channel_limit{dataset="shed",sensor="tmp36-simulated",channel="${name}",units="${units}"`;
    expect(numbers).toEqual([
      `${channel('voltage', 'mV')},level="warn",side="below"} 620.5`,
      `${channel('voltage', 'mV')},level="warn",side="above"} 749.5`,
      `${channel('temperature', 'degree_Celsius')},level="warn",side="above"} 30`,
      `${channel('temperature', 'degree_Celsius')},level="alarm",side="below"} 2`,
      `${channel('temperature', 'degree_Celsius')},level="alarm",side="above"} 35.25`,
      `${channel('fahrenheit', 'degree_Celsius')},level="alarm",side="above"} 99.9`,
    ]);
  });

  it('leave no trace where there are none', async () => {
    await serve(PLAIN);
    expect(await limitsIn()).toEqual([]);
    expect(await text('catalog.json')).not.toContain('limits');
    expect(await text('metrics')).not.toContain('dapberry_channel_limit{');
    const { columns } = (await json('shed/latest.json')) as { columns: Record<string, object> };
    expect(Object.keys(columns['temperature']!)).toEqual(['units', 'longName']);
  });

  it('change while streams go on, and cut no history', async () => {
    const more = `history: {path: ${folder}, flush: 1 s}`;
    const before = await serve(configOf('', '', '', more));
    const times: number[] = [];
    const stop = new AbortController();
    const reading = (async () => {
      for await (const part of decodeStream(
        await fetch(`${server!.url}/shed.dods?time`, { signal: stop.signal }),
      ))
        if (part.kind === 'rows') times.push(...(part.batch.columns[0] as Float64Array));
    })().catch(() => undefined);
    const stored = () => before.datasets[0]!.status().store?.history?.rows;
    await expect.poll(stored, { timeout: 10_000 }).toBeGreaterThan(0);

    const changes = await before.take(configOf('', 'alarm: {above: 30}', '', more));
    expect(changes).toEqual({ added: [], changed: [], removed: [], described: ['shed'], failed: [] });
    expect(await limitsIn()).toEqual(['            Float64 alarm_above 30;']);
    const seen = times.length;
    await expect.poll(() => times.length).toBeGreaterThan(seen + 5);
    stop.abort();
    await reading;
    await server!.close();
    await Promise.all(before.datasets.map(dataset => dataset.close()));
    await Promise.all(before.datasets.map(dataset => dataset.stored()));

    // Another start with other limits: the past is there, and nothing is said of another layout.
    await serve(configOf('', 'alarm: {above: 31}', 'warn: {below: 3}', more));
    expect(said).toEqual([]);
    const rows = await text(`shed.csv?time&time>=${times[0]}&time<=${times.at(-1)}`);
    expect(rows.trim().split('\n').slice(1).length).toBe(times.length);
  });
});

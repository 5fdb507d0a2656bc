// Holds the files that `pull` writes to the rows that the server had, whatever happened meanwhile.

import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decodeAll } from '../../dap/index.ts';
import { type PullOptions, pull } from '../../server/pull/pull.ts';
import { type Serving, serving } from '../serving.ts';
import { inMemory } from './datasets.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

let server: Serving;
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-pull-'));
});
afterEach(async () => {
  rmSync(folder, { recursive: true });
  await server.close();
});

function pulled(address: string, options: Partial<PullOptions> = {}): Promise<void> {
  const nothing = () => undefined;
  const usual = { signal: new AbortController().signal, print: nothing, onState: nothing, onRows: nothing };
  return pull({ ...usual, address: `${server.url}${address}`, ...options });
}

const linesOf = (name: string) => readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');

/** The times that the server itself has of a window. */
async function timesServed(first: number, last: number): Promise<number[]> {
  const query = `?sensor.time&sensor.time>=${first}&sensor.time<=${last}`;
  const answer = await fetch(`${server.url}/roberrypi.dods${query}`);
  const { values } = await decodeAll(new Uint8Array(await answer.arrayBuffer()));
  const [sensor] = values as unknown as [{ columns: [Float64Array] }];
  return Array.from(sensor.columns[0]);
}

describe('pulling a dataset', () => {
  it('goes on where it was, over a row that was cut off: none is missing and none there twice', async () => {
    server = await serving({ interval: 0.02 });
    const output = join(folder, 'rows.csv');
    await pulled('/roberrypi', { output, rows: 5 });
    appendFileSync(output, '1795246897.40');
    await pulled('/roberrypi', { output, rows: 20 });
    // The power went while a row was written.
    truncateSync(output, readFileSync(output).length - 7);
    await pulled('/roberrypi', { output, rows: 10 });
    const [head, ...rows] = linesOf('rows.csv');
    expect(head).toBe('sensor.time,sensor.voltage,sensor.temperature');
    expect(rows).toHaveLength(34);
    const times = rows.map(row => Number(row.split(',')[0]));
    expect(times).toEqual(await timesServed(times[0]!, times.at(-1)!));
  });

  it('keeps the rows of each day in a file of their own, and goes on in the last', async () => {
    server = await serving({ interval: 0 });
    const output = join(folder, 'roof-{date}.csv');
    const days = '&time>=2026-01-01T23:59:57Z&time<2026-01-02T00:00:04Z';
    await pulled(`/roberrypi?time,temperature${days}`, { output, rows: 5 });
    // Begun and never written to: no row is in it.
    writeFileSync(join(folder, 'roof-2026-01-03.csv'), 'sensor.ti');
    await pulled(`/roberrypi?time,temperature${days}`, { output });
    expect(readdirSync(folder)).toEqual([
      'roof-2026-01-01.csv',
      'roof-2026-01-02.csv',
      'roof-2026-01-03.csv',
    ]);
    const times = (name: string) =>
      linesOf(name)
        .slice(1)
        .map(row => Number(row.split(',')[0]));
    const midnight = Date.UTC(2026, 0, 2) / 1000;
    expect(times('roof-2026-01-01.csv')).toEqual([midnight - 3, midnight - 2, midnight - 1]);
    expect(times('roof-2026-01-02.csv')).toEqual([midnight, midnight + 1, midnight + 2, midnight + 3]);
  });

  it('prints rows as CSV, a missing value as an empty field', async () => {
    const device = new ScriptedSource();
    server = await serving({ datasets: [inMemory(SCRIPTED, device)] });
    await device.append([
      [1000, Number.NaN, -3, 0.1],
      [1001.5, 2, 7, Number.NaN],
    ]);
    let text = '';
    await pulled('/scripted?&time>=0', { print: more => (text += more), rows: 2 });
    expect(text).toBe('sensor.time,sensor.a,sensor.b,sensor.c\n1000,,-3,0.1\n1001.5,2,7,\n');
  });

  it('adds no row to a file with other columns, begins another beside it, and says so', async () => {
    server = await serving({ interval: 0.02 });
    const output = join(folder, 'rows.csv');
    await pulled('/roberrypi?time,voltage', { output, rows: 2 });
    const before = readFileSync(output);
    const notices: string[] = [];
    await pulled('/roberrypi', { output, rows: 2, onNotice: text => notices.push(text) });
    expect(readFileSync(output)).toEqual(before);
    expect(linesOf('rows.2.csv')[0]).toBe('sensor.time,sensor.voltage,sensor.temperature');
    expect(notices).toEqual([
      `${output}: its columns are sensor.time,sensor.voltage; new rows, with the columns sensor.time,sensor.voltage,sensor.temperature, go into ${join(folder, 'rows.2.csv')}`,
    ]);
    const times = ['rows.csv', 'rows.2.csv']
      .flatMap(name => linesOf(name).slice(1))
      .map(row => Number(row.split(',')[0]));
    expect(times).toEqual(await timesServed(times[0]!, times.at(-1)!));
  });

  it('ends when it is told to, with whole rows', async () => {
    server = await serving({ interval: 0.02 });
    const stop = new AbortController();
    const output = join(folder, 'rows.csv');
    const onRows = (count: number) => count >= 3 && stop.abort();
    await pulled('/roberrypi', { output, signal: stop.signal, onRows });
    const rows = linesOf('rows.csv');
    expect(rows.length).toBeGreaterThan(3);
    expect(rows.at(-1)!.split(',')).toHaveLength(3);
  });

  it('says which folder is not there', async () => {
    server = await serving();
    const output = join(folder, 'none', 'rows.csv');
    await expect(pulled('/roberrypi', { output })).rejects.toThrow(
      `${join(folder, 'none')}: expected a folder, found none; create it, or name another file with --output`,
    );
  });
});

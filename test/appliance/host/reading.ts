// Reads the rows of a guest with getdap, a client of another project, and its health as JSON.

import { setTimeout as delay } from 'node:timers/promises';
import { run } from '../../clients/programs.ts';
import { tools } from '../../tools.ts';

/** The timeout of a response in seconds, besides one for each row. */
const PATIENCE = 60;

/** The values of a row by the names of their columns. */
export type Row = Readonly<Record<string, number>>;

export interface SensorStatus {
  readonly name: string;
  readonly state: 'ok' | 'failing';
  readonly lastError?: { readonly message: string };
}

export interface DatasetHealth {
  readonly name: string;
  readonly sensors: readonly SensorStatus[];
  readonly history?: { readonly rows: number; readonly lastTime?: number; readonly failure?: string };
}

export interface Health {
  readonly status: 'ok' | 'degraded';
  readonly datasets: readonly DatasetHealth[];
}

/** The next rows of a dataset, at `http://HOST:PORT/NAME`, as getdap decodes them. */
export async function nextRows(dataset: string, rows = 1): Promise<Row[]> {
  const getdap = async (...args: string[]) => {
    const { stdout, stderr, code } = await run(tools.getdap!, [...args, dataset], PATIENCE + rows);
    if (code !== 0 || stdout === '')
      throw new Error(`getdap ${args.join(' ')}: exit code ${code}: ${stderr}`);
    return stdout;
  };
  const structure = await getdap('-d');
  const names = [...structure.matchAll(/(?:Float|U?Int)\d\d (\w+);/g)].map(([, name = '']) => name);
  const printed = await getdap('-D', '-c', `sensor[0:1:${rows - 1}]`);
  const body = /\} sensor = \{ (.*) \};/.exec(printed)?.[1] ?? '';
  return body
    .split('}, {')
    .map(row =>
      row
        .replace(/[{}\s]/g, '')
        .split(',')
        .map(Number),
    )
    .map(values => Object.fromEntries(names.map((name, index) => [name, values[index] ?? Number.NaN])));
}

export async function nextRow(dataset: string): Promise<Row> {
  const [row] = await nextRows(dataset);
  if (row === undefined) throw new Error(`expected a row of ${dataset}, found none`);
  return row;
}

export async function health(url: string): Promise<Health> {
  const answer = await fetch(`${url}/health`, { signal: AbortSignal.timeout(30_000) });
  return (await answer.json()) as Health;
}

/** The state of a sensor by its name. */
export async function sensorOf(url: string, name: string): Promise<SensorStatus> {
  const { datasets } = await health(url);
  const found = datasets.flatMap(({ sensors }) => sensors).find(sensor => sensor.name === name);
  if (found === undefined) throw new Error(`expected the sensor ${name} in /health, found none of that name`);
  return found;
}

/** The times of the rows of a dataset, at `http://HOST:PORT/NAME`, from a time to another, both included. */
export async function timesBetween(dataset: string, from: number, to: number): Promise<number[]> {
  const answer = await fetch(`${dataset}.asc?time&time>=${from}&time<=${to}`, {
    signal: AbortSignal.timeout(PATIENCE * 1000),
  });
  const lines = (await answer.text()).split(/\r?\n/).map(line => line.trim());
  return lines.filter(line => /^\d+(\.\d+)?$/.test(line)).map(Number);
}

/**
 * Repeats a question until the answer satisfies a predicate.
 * @returns that answer
 * @throws after `seconds`, with the last answer or error
 */
export async function eventually<Value>(
  ask: () => Promise<Value>,
  isWanted: (value: Value) => boolean,
  seconds = 90,
): Promise<Value> {
  const end = performance.now() + seconds * 1000;
  for (;;) {
    let found: unknown;
    try {
      const value = await ask();
      if (isWanted(value)) return value;
      found = JSON.stringify(value);
    } catch (error) {
      found = error;
    }
    if (performance.now() > end) {
      throw new Error(`not within ${seconds} s: ${isWanted}; the last answer: ${found}`, { cause: found });
    }
    await delay(500);
  }
}

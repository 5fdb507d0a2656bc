import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { inMemory } from './datasets.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

/** 12:00 UTC. */
const NOON = 1_795_867_200;

let server: Serving;
afterEach(() => server.close());

interface Recent {
  readonly isClocked: boolean;
  readonly interval: number | null;
  readonly dayStart: number;
  readonly since: number | null;
  readonly minutes?: number;
  readonly end?: number;
  readonly columns: Readonly<Record<string, Column>>;
}

interface Column {
  readonly least: number | null;
  readonly greatest: number | null;
  readonly type?: string;
  readonly attributes?: object;
  readonly low?: readonly (number | null)[];
  readonly high?: readonly (number | null)[];
}

async function recentOf(query: string, name = 'scripted'): Promise<Recent> {
  const answer = await fetch(`${server.url}/${name}/latest.json${query}`);
  expect(answer.status).toBe(200);
  return ((await answer.json()) as { recent: Recent }).recent;
}

async function scripted(): Promise<ScriptedSource> {
  const source = new ScriptedSource();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  return source;
}

describe('with ?spark= the newest row has', () => {
  it('the extremes of each minute, and of each column since the beginning of the day', async () => {
    const source = await scripted();
    await source.append([
      [NOON - 600, 5, 7, 0.5],
      [NOON - 90, 1, 8, 0.1],
      [NOON - 80, 3, 8, Number.NaN],
      [NOON + 1, Number.NaN, 9, 0.25],
    ]);
    const recent = await recentOf('?spark=3');
    expect(recent).toMatchObject({ isClocked: false, interval: null, minutes: 3, end: NOON + 1 });
    expect(recent.columns).toMatchObject({
      a: { least: 1, greatest: 5, low: [1, null, null], high: [3, null, null], type: 'Float64' },
      b: { least: 7, greatest: 9, low: [8, null, 9], type: 'Int32' },
      c: { least: 0.1, greatest: 0.5, low: [0.1, null, 0.25] },
    });
    // Rows a minute apart have one value each minute.
    expect(recent.columns['b']).not.toHaveProperty('high');
    expect(recent.columns['a']?.attributes).toMatchObject({
      units: { type: 'String', values: ['1'] },
      _FillValue: { type: 'Float64', values: ['NaN'] },
    });
  });

  it('rows that come later, without reading the earlier ones again', async () => {
    const source = await scripted();
    await source.append([[NOON, 5, 1, 1]]);
    expect((await recentOf('?spark=2')).columns['a']).toMatchObject({ least: 5, greatest: 5 });
    await source.append([[NOON + 60, 2, 1, 1]]);
    // An answer serves all clients for two seconds; another length is another answer.
    await expect
      .poll(async () => (await recentOf('?spark=2')).columns['a'], { timeout: 10_000, interval: 500 })
      .toMatchObject({ least: 2, greatest: 5, low: [5, 2] });
  });

  it('small values, with their digits', async () => {
    const source = await scripted();
    await source.append([
      [NOON, 1.25e-8, 1, 1.5e-9],
      [NOON + 60, 1.25e-8, 1, 1.5e-9],
    ]);
    const low = async (query: string, name: string) => (await recentOf(query)).columns[name]?.low;
    expect(await low('?spark=2', 'a')).toEqual([1.25e-8, 1.25e-8]);
    expect(await low('?spark=2', 'c')).toEqual([1.5e-9, 1.5e-9]);
    await source.append([[NOON + 120, 3e-23, 1, 0]]);
    await source.append([[NOON + 180, 2.5e-23, 1, 0]]);
    await expect
      .poll(() => low('?spark=3', 'a'), { timeout: 10_000, interval: 500 })
      .toEqual([1.25e-8, 0, 0]);
    expect(await low('?spark=2', 'a')).toEqual([3e-23, 2.5e-23]);
  });

  it('with 0 the extremes alone', async () => {
    const source = await scripted();
    await source.append([[NOON, 5, 1, 1]]);
    expect((await recentOf('?spark=0')).columns['a']).toEqual({ least: 5, greatest: 5 });
  });

  it('no extremes before the first row', async () => {
    await scripted();
    const recent = await recentOf('?spark=2');
    expect(recent.since).toBeNull();
    expect(recent.columns['a']).toMatchObject({ least: null, greatest: null, low: [null, null] });
  });
});

it('the day is that of the zone that the client names', async () => {
  server = await serving({ interval: 0.05 });
  const of = async (zone: string) => (await recentOf(`?spark=1&zone=${zone}`, 'roberrypi')).dayStart;
  const [utc, kathmandu] = await Promise.all(['UTC', 'Asia/Kathmandu'].map(of));
  expect(utc! % 86_400).toBe(0);
  expect((kathmandu! + 5.75 * 3600) % 86_400).toBe(0);
});

it('all datasets come in one answer, with the version of the server and its time', async () => {
  server = await serving({ interval: 0.05 });
  await expect
    .poll(async () => (await (await fetch(`${server.url}/latest.json?spark=1`)).json()) as object)
    .toMatchObject({
      server: expect.stringMatching(/^\d+\./),
      now: expect.any(Number),
      datasets: [
        {
          dataset: 'roberrypi',
          values: { temperature: expect.any(Number) },
          recent: {
            isClocked: true,
            interval: 0.05,
            columns: { temperature: { least: expect.any(Number) } },
          },
        },
        { dataset: 'host' },
      ],
    });
});

it.each([
  ['?spark=61', 'spark: expected a number of minutes from 0 to 60, found \\"61\\"'],
  ['?spark=', 'spark: expected a number of minutes'],
  ['?spark=-1', 'spark: expected a number of minutes'],
  ['?spark=1&zone=Mars', 'zone: expected the name of a time zone, such as Europe/Berlin, found \\"Mars\\"'],
  ['?spark=1&zone=', 'zone: expected the name of a time zone'],
  ['?zone=UTC', 'expected spark=MINUTES beside zone'],
])('%s is an error that says what is expected', async (query, message) => {
  await scripted();
  const answer = await fetch(`${server.url}/scripted/latest.json${query}`);
  expect(answer.status).toBe(400);
  expect(await answer.text()).toContain(message);
});

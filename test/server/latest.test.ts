import { afterEach, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { inMemory } from './datasets.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';

let server: Serving;
afterEach(() => server.close());

it('the newest row has its units, its age and the state of each sensor', async () => {
  server = await serving({ interval: 0.05 });
  const get = async () => (await fetch(`${server.url}/roberrypi/latest.json`)).json() as Promise<Latest>;
  await expect.poll(async () => (await get()).epoch).not.toBeNull();
  const before = Date.now() / 1000;
  const answer = await fetch(`${server.url}/roberrypi/latest.json`, { headers: { Origin: 'http://home' } });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('access-control-allow-origin')).toBe('*');
  const latest = (await answer.json()) as Latest;
  expect(latest).toMatchObject({
    dataset: 'roberrypi',
    values: { voltage: expect.any(Number), temperature: expect.any(Number) },
    columns: { temperature: { units: 'degree_Celsius', longName: expect.any(String) } },
    sensors: [expect.objectContaining({ state: expect.any(String) })],
  });
  expect(Date.parse(latest.time!) / 1000).toBeCloseTo(latest.epoch!, 2);
  expect(Math.abs(before - latest.epoch! - latest.age!)).toBeLessThan(5);
});

it('a dataset without a row has every field, with null', async () => {
  const source = new ScriptedSource();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  const get = async () => (await fetch(`${server.url}/latest.json`)).json();
  const empty = {
    dataset: 'scripted',
    title: 'Rows from a script',
    time: null,
    epoch: null,
    age: null,
    values: { a: null, b: null, c: null },
    columns: {
      a: { units: '1', longName: 'may be missing' },
      b: { units: '1', longName: 'whole' },
      c: { units: '1', longName: 'single precision' },
    },
    sensors: [],
  };
  expect(await get()).toEqual({ datasets: [empty] });
  await source.append([[1_795_867_200.25, Number.NaN, 7, 0.1]]);
  expect(await get()).toEqual({
    datasets: [
      {
        ...empty,
        time: '2026-11-28T12:00:00.25Z',
        epoch: 1_795_867_200.25,
        age: expect.any(Number),
        values: { a: null, b: 7, c: 0.1 },
      },
    ],
  });
});

it('an unknown dataset is an error that names the others', async () => {
  server = await serving({ datasets: [inMemory(SCRIPTED, new ScriptedSource())] });
  const answer = await fetch(`${server.url}/roof/latest.json`);
  expect(answer.status).toBe(404);
  expect(await answer.text()).toContain('expected a dataset (scripted), found \\"roof\\"');
});

interface Latest {
  readonly time: string | null;
  readonly epoch: number | null;
  readonly age: number | null;
}

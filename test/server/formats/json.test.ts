import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../../serving.ts';
import { inMemory } from '../datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

const NOON = 1_795_867_200;
const COUNT = 5000;

let server: Serving;
const source = new ScriptedSource();
const row = (index: number): Row => [NOON + index / 8, index === 1 ? Number.NaN : index / 4, index, 0.1];
beforeAll(async () => {
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  await source.append(Array.from({ length: COUNT }, (_, index) => row(index)));
});
afterAll(() => server.close());

const get = async (query: string) => (await fetch(`${server.url}/scripted.json?${query}`)).text();

interface Document {
  readonly columns: readonly { readonly name: string }[];
  readonly rows: readonly (readonly (number | string | null)[])[];
}

describe('a window as one JSON document', () => {
  it('has the title, the columns with their units, and the rows', async () => {
    expect(await get(`&time<=${NOON + 0.25}`)).toBe(
      '{"dataset":"scripted","title":"Rows from a script","columns":[' +
        '{"name":"time","type":"Float64","time":"iso","longName":"Time of the reading","standardName":"time"},' +
        '{"name":"a","type":"Float64","units":"1","longName":"may be missing"},' +
        '{"name":"b","type":"Int32","units":"1","longName":"whole"},' +
        '{"name":"c","type":"Float32","units":"1","longName":"single precision"}' +
        '],"rows":[["2026-11-28T12:00:00Z",0,0,0.1],\n' +
        '["2026-11-28T12:00:00.125Z",null,1,0.1],\n' +
        '["2026-11-28T12:00:00.25Z",0.5,2,0.1]]}\n',
    );
  });

  it('has every row of many buffers, and of requests beside each other', async () => {
    const bodies = await Promise.all([1, 2, 3].map(() => get(`&time=epoch&time<=${NOON + (COUNT - 1) / 8}`)));
    for (const body of bodies) {
      const { rows } = JSON.parse(body) as Document;
      expect(rows).toHaveLength(COUNT);
      expect(rows[COUNT - 1]).toEqual(row(COUNT - 1).map((value, i) => (i === 3 ? 0.1 : value)));
    }
  });

  it('is valid without a row', async () => {
    const { columns, rows } = JSON.parse(await get('a,time&time=epoch&time<5')) as Document;
    expect(columns).toMatchObject([
      { name: 'a' },
      { name: 'time', time: 'epoch', units: 'seconds since 1970-01-01T00:00:00Z' },
    ]);
    expect(rows).toEqual([]);
  });

  it('has the columns of a function with their units', async () => {
    const body = await get(`time,a_mean,row_count&time<${NOON + 100}&bucket("time/1minute")`);
    const { columns, rows } = JSON.parse(body) as Document;
    expect(columns).toMatchObject([{ name: 'time' }, { name: 'a_mean', cellMethods: 'time: mean' }, {}]);
    expect(rows.map(([time, , count]) => [time, count])).toEqual([
      ['2026-11-28T12:00:00Z', 480],
      ['2026-11-28T12:01:00Z', 320],
    ]);
  });

  it('is refused for rows without an end', async () => {
    const answer = await fetch(`${server.url}/scripted.json?&time>5`);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain('/past/scripted.json ends now by itself');
    const past = await fetch(`${server.url}/past/scripted.json?time`);
    expect(((await past.json()) as Document).rows).toHaveLength(COUNT);
  });

  it('is not complete if the server stops before the window ends', async () => {
    const own = await serving({ datasets: [inMemory(SCRIPTED, new ScriptedSource())] });
    const answer = await fetch(`${own.url}/scripted.json?&time<=now%2B1hour`);
    await own.close();
    expect(await answer.text()).toMatch(/"rows":\[$/);
  });
});

import { afterEach, describe, expect, it } from 'vitest';
import { type Serving, serving } from '../serving.ts';
import { EPOCH } from './asking.ts';
import { inMemory } from './datasets.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';
import { listed, rowsOf } from './thinned-rows.ts';

let server: Serving;
afterEach(() => server.close());

const ROWS = 1000;
const row = (number: number) => [EPOCH + number, number, number, number];

/** A dataset of rows a second, of which no more come unless the test appends them. */
async function withRows(count = ROWS): Promise<ScriptedSource> {
  const source = new ScriptedSource();
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  if (count > 0) await source.append(Array.from({ length: count }, (_, number) => row(number)));
  return source;
}

const numbersOf = async (path: string) =>
  listed((await rowsOf(server, path)).batch).map(([time]) => Number(time) - EPOCH);

describe('an address below /past/', () => {
  it('gives all rows that are there, and ends, for an address without an upper bound', async () => {
    const source = await withRows();
    const all = Array.from({ length: ROWS }, (_, number) => number);
    expect(await numbersOf('past/scripted.dods')).toEqual(all);
    await source.append([row(ROWS)]);
    expect(await numbersOf('past/scripted.dods')).toEqual([...all, ROWS]);
    expect(await numbersOf(`past/scripted.dods?&time>${EPOCH + 990}`)).toEqual(all.slice(991).concat(ROWS));
  });

  it('ends where the rows end, however late the bound of the request is', async () => {
    await withRows();
    expect(await numbersOf(`past/scripted.dods?&time>=${EPOCH + 995}&time<2100-01-01`)).toEqual([
      995, 996, 997, 998, 999,
    ]);
    expect(await numbersOf(`past/scripted.dods?sensor[0:1:2]&time>=${EPOCH + 998}`)).toEqual([998, 999]);
    expect(await numbersOf(`past/scripted.dods?&time>2100-01-01`)).toEqual([]);
    expect(await numbersOf(`past/scripted.dods?&time<${EPOCH + 3}`)).toEqual([0, 1, 2]);
  });

  it('takes the requests of ERDDAP and of Java: short names, E-notation, percent signs', async () => {
    await withRows();
    const { names, batch } = await rowsOf(
      server,
      `past/scripted.dods?time,a&time%3E=${((EPOCH + 990) / 1e9).toFixed(9)}E9`,
    );
    expect(names).toEqual(['time', 'a']);
    expect(batch.length).toBe(10);
    expect(await numbersOf(`past/scripted.dods?sensor.time&sensor.time%3E=${EPOCH + 998}`)).toEqual([
      998, 999,
    ]);
  });

  it('gives the last interval of a function, which no row to come completes', async () => {
    await withRows();
    const { batch } = await rowsOf(server, 'past/scripted.dods?time,row_count&bucket("time/10minutes")');
    const rows = listed(batch);
    expect(rows.reduce((sum, [, count]) => sum + Number(count), 0)).toBe(ROWS);
    expect(Number(rows.at(-1)![0])).toBe(EPOCH + ROWS - 600);
    const greatest = await rowsOf(server, 'past/scripted.dods?a&orderByMax("a")');
    expect(listed(greatest.batch)).toEqual([[ROWS - 1]]);
  });

  it('has no rows before the first one, and ends all the same', async () => {
    await withRows(0);
    expect(await numbersOf('past/scripted.dods')).toEqual([]);
  });

  it('has the same structure and attributes, and leads to the pages of the dataset', async () => {
    await withRows();
    const get = async (path: string) => (await fetch(`${server.url}/${path}`)).text();
    for (const suffix of ['.dds', '.das', '.ver']) {
      expect(await get(`past/scripted${suffix}`)).toBe(await get(`scripted${suffix}`));
    }
    for (const [path, page] of [
      ['past/scripted', 'scripted.html'],
      ['past/scripted.html?a', 'scripted.html?a'],
      ['past/scripted.info', 'scripted.info'],
      ['past/scripted.help', 'scripted.help'],
    ] as const) {
      const answer = await fetch(`${server.url}/${path}`);
      expect(answer.status).toBe(200);
      expect(answer.url).toBe(`${server.url}/${page}`);
    }
  });

  it('gives a netCDF file that is the same in each byte, whenever it is asked for', async () => {
    const source = await withRows();
    const file = async () =>
      Buffer.from(
        await (
          await fetch(`${server.url}/past/scripted.nc?&time<${EPOCH + ROWS}&time>${EPOCH}`)
        ).arrayBuffer(),
      );
    const first = await file();
    expect(first.subarray(0, 3).toString()).toBe('CDF');
    await source.append([row(ROWS + 5)]);
    expect((await file()).equals(first)).toBe(true);
  });

  it('says what is wrong in the manner of every other address', async () => {
    await withRows();
    const get = async (path: string) => {
      const answer = await fetch(`${server.url}/${path}`);
      return `${answer.status} ${await answer.text()}`;
    };
    expect(await get('past/roof.dods')).toMatch(/^404 .*expected a dataset \(scripted\), found .*roof/s);
    expect(await get('past/scripted.xls')).toMatch(/^404 .*found .*\.xls/s);
    expect(await get('past/scripted.dods?d')).toMatch(/^400 /);
  });
});

it('computed rows end at the present', async () => {
  server = await serving({ interval: 0 });
  const now = Date.now() / 1000;
  const { batch } = await rowsOf(server, `past/roberrypi.dods?time&time>=${now - 60}`);
  const times = batch.columns[0] as Float64Array;
  expect(times[0]).toBeGreaterThanOrEqual(now - 60);
  expect(times.at(-1)).toBeLessThan(Date.now() / 1000 + 0.1);
  expect(times.at(-1)).toBeGreaterThan(now - 1);
});

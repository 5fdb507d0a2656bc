import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseConstraint, planConstraint } from '../../../dap/index.ts';
import { netcdf } from '../../../server/formats/netcdf.ts';
import { type Serving, serving } from '../../serving.ts';
import { inMemory } from '../datasets.ts';
import { type Row, SCRIPTED, ScriptedSource } from '../scripted-source.ts';

const BEGIN = 1_700_000_000;
const ROWS: readonly Row[] = [
  [BEGIN, 0.5, -2, 1.5],
  [BEGIN + 1, Number.NaN, 2 ** 31 - 1, -0.25],
  [BEGIN + 2.5, 7, 3, 100],
];

const source = new ScriptedSource();
let server: Serving;
beforeAll(async () => {
  server = await serving({ datasets: [inMemory(SCRIPTED, source)] });
  await source.append(ROWS);
});
afterAll(() => server.close());

const get = (query: string) => fetch(`${server.url}/${query}`);
const WINDOW = `&time>=${BEGIN}&time<=${BEGIN + 2}`;

/** The records of a file: its last bytes. */
async function records(
  query: string,
  stride: number,
): Promise<{ bytes: Buffer; count: number; rows: Buffer }> {
  const answer = await get(query);
  expect(answer.status).toBe(200);
  const bytes = Buffer.from(await answer.arrayBuffer());
  expect(answer.headers.get('content-length')).toBe(String(bytes.length));
  const count = bytes.readUInt32BE(4);
  return { bytes, count, rows: bytes.subarray(bytes.length - count * stride) };
}

describe('rows as netCDF', () => {
  it('are a head with their number, then a record for each', async () => {
    const { bytes, count, rows } = await records(`scripted.nc?${WINDOW}`, 24);
    expect(bytes.toString('latin1', 0, 4)).toBe('CDF\x01');
    expect(count).toBe(2);
    expect(rows.toString('hex')).toBe(
      [
        '41d954fc40000000',
        '3fe0000000000000',
        'fffffffe',
        '3fc00000',
        '41d954fc40400000',
        '7ff8000000000000',
        '7fffffff',
        'be800000',
      ].join(''),
    );
  });

  it('have their times, also if only other columns are named', async () => {
    const { count, rows } = await records(`scripted.nc?b${WINDOW}`, 12);
    expect([count, rows.toString('hex')]).toEqual([2, '41d954fc40000000fffffffe41d954fc404000007fffffff']);
  });

  it('are counted behind conditions, row ranges and functions', async () => {
    const counts = async (query: string) => (await records(query, 24)).count;
    expect(await counts(`past/scripted.nc`)).toBe(3);
    expect(await counts(`scripted.nc?&b>0${WINDOW}`)).toBe(1);
    expect(await counts(`scripted.nc?sensor[0:2:*]&time<=${BEGIN + 2.5}`)).toBe(2);
    expect(await counts(`scripted.nc?sensor[1:1:9]${WINDOW}`)).toBe(1);
    expect(await counts(`scripted.nc?sensor[5:1:9]${WINDOW}`)).toBe(0);
    expect(await counts(`past/scripted.nc?&bucket("time/2seconds")`)).toBe(2);
    expect(await counts(`scripted.nc?&time<${BEGIN}`)).toBe(0);
    expect(await counts(`scripted.nc?&time>5&time<4`)).toBe(0);
  });

  it('may be the next ones, if their number is given', async () => {
    const asked = records('scripted.nc?time,b[0:1:1]', 12);
    await expect.poll(async () => (await (await get('health')).json()).streams).toBe(1);
    await source.append([
      [BEGIN + 5, 1, 10, 1],
      [BEGIN + 6, 1, 11, 1],
      [BEGIN + 7, 1, 12, 1],
    ]);
    expect((await asked).rows.toString('hex')).toBe('41d954fc414000000000000a41d954fc418000000000000b');
  });

  it('are in a file that is named after the dataset and the window', async () => {
    const { headers } = await get(`scripted.nc?${WINDOW}`);
    expect(headers.get('content-type')).toBe('application/x-netcdf');
    expect(headers.get('content-disposition')).toBe(
      'attachment; filename="scripted_20231114T221320Z_20231114T221322Z.nc"',
    );
  });

  it('without an end are refused', async () => {
    for (const query of ['', '?&time>=now-1hour', '?sensor[0:1:*]']) {
      const answer = await get(`scripted.nc${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain('expected an upper bound on time, such as \\"&time<=now\\"');
    }
  });

  it('that end in the future are refused', async () => {
    for (const query of ['&time<2999-01-01', 'sensor[0:1:9]&time<=2999-01-01']) {
      const answer = await get(`scripted.nc?${query}`);
      expect(answer.status).toBe(400);
      expect(await answer.text()).toContain(
        'expected an upper bound on time that is not in the future, such as \\"&time<=now\\", found 2999-01-01T00:00:00Z',
      );
    }
  });

  it('with text are refused', async () => {
    const [dataset] = server.datasets;
    const fields = [
      { type: 'Float64', name: 'time' },
      { type: 'String', name: 'remark' },
    ] as const;
    const model = { name: 'notes', variables: [{ type: 'Sequence', name: 'sensor', fields }] } as const;
    const plan = planConstraint(parseConstraint('&time<5'), model, { now: 10 });
    const request = {
      dataset: dataset!,
      plan,
      attributes: new Map(),
      options: {},
      headers: {},
      address: '/notes.nc',
    };
    await expect(netcdf.openFor!(request)).rejects.toThrow(
      '.nc holds columns of numbers: expected a projection without "remark" (String)',
    );
  });
});

import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeAll, type NumberColumn, parseDas, parseDds } from '../../dap/index.ts';
import { StoredDataset } from '../../server/dataset/stored.ts';
import { MemoryStore } from '../../server/store/memory-store.ts';
import { type Serving, serving } from '../serving.ts';
import { RawClient } from './raw-client.ts';
import { SCRIPTED, ScriptedSource } from './scripted-source.ts';
import { servedStation } from './served-station.ts';
import {
  MIDNIGHT,
  type Place,
  TIMES,
  TYPED_COLUMNS,
  type TypedStation,
  typedRows,
  typedStation,
} from './typed-station.ts';

const NAMES = TYPED_COLUMNS.map(({ name }) => name);

const iso = (seconds: number) => new Date(Math.round(seconds * 1000)).toISOString();

interface Asked {
  readonly name: string;
  readonly text: string;
  readonly indices: readonly number[];
}

/** Requested variables of a stretch with `count` rows, each at most once, with any range. */
const projections = (count: number): fc.Arbitrary<readonly Asked[]> =>
  fc
    .shuffledSubarray(NAMES, { minLength: 1 })
    .chain(names => fc.tuple(...names.map(name => rangeOf(count).map(range => ({ name, ...range })))));

function rangeOf(count: number): fc.Arbitrary<Omit<Asked, 'name'>> {
  const all = { text: '', indices: Array.from({ length: count }, (_, row) => row) };
  if (count === 0) return fc.constant(all);
  const within = fc
    .record({
      start: fc.nat(count - 1),
      length: fc.nat(count - 1),
      stride: fc.integer({ min: 1, max: count }),
    })
    .map(({ start, length, stride }) => {
      const stop = Math.min(count - 1, start + length);
      const indices: number[] = [];
      for (let row = start; row <= stop; row += stride) indices.push(row);
      const text =
        length === 0 ? `[${start}]` : stride === 1 ? `[${start}:${stop}]` : `[${start}:${stride}:${stop}]`;
      return { text, indices };
    });
  return fc.oneof(fc.constant(all), within);
}

describe.each<Place>(['memory', 'disk', 'both'])('Arrays of rows whose place is: %s', place => {
  let station: TypedStation;
  let server: Serving;
  const get = (path: string) => fetch(`${server.url}/roof${path}`);

  beforeAll(async () => {
    station = await typedStation(place, typedRows(TIMES));
    await station.append(typedRows([TIMES.at(-1)! + 1]));
    server = await serving({ datasets: [station.dataset] });
  });
  afterAll(async () => {
    await server.close();
    await station.remove();
  });

  /** The values of the Sequence's text between two times, column by column. */
  async function sequenceText(from: number, to: number): Promise<string[][]> {
    const answer = await get(`.asc?${encodeURIComponent(`&time>=${iso(from)}&time<${iso(to)}`)}`);
    const [, table = ''] = (await answer.text()).split('-\n');
    const rows = table.trimEnd().split('\n').slice(1);
    return NAMES.map((_, column) => rows.map(row => row.split(', ')[column]!));
  }

  it('has the values of the Sequence, for any variables and ranges, as binary data and as text', async () => {
    const stretches = fc.record({
      from: fc.integer({ min: -8000, max: 90_000 }),
      length: fc.oneof(fc.integer({ min: 1, max: 200 }), fc.integer({ min: 1, max: 15_000 })),
    });
    await fc.assert(
      fc.asyncProperty(stretches, async ({ from, length }) => {
        const [begin, end] = [MIDNIGHT + from, MIDNIGHT + from + length];
        const columns = await sequenceText(begin, end);
        const stretch = `/${iso(begin)}..${iso(end)}`;
        const [asked = []] = fc.sample(projections(columns[0]!.length), { numRuns: 1, seed: from + length });
        const query = encodeURIComponent(asked.map(({ name, text }) => name + text).join(','));
        const answer = await get(`${stretch}.dods?${query}`);
        const bytes = new Uint8Array(await answer.arrayBuffer());
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-length')).toBe(String(bytes.length));
        const { dataset, values } = decodeAll(bytes);
        const structure = await (await get(`${stretch}.dds?${query}`)).text();
        expect(parseDds(structure)).toEqual(dataset);
        const text = await (await get(`${stretch}.asc?${query}`)).text();
        expect(text.startsWith(structure.trimEnd())).toBe(true);
        const lines = text.split('-\n')[1]!.split('\n');
        for (const [at, { name, indices }] of asked.entries()) {
          const column = columns[NAMES.indexOf(name)]!;
          const expected = indices.map(row => column[row]!);
          const { type } = TYPED_COLUMNS[NAMES.indexOf(name)]!;
          const numbers = expected.map(value =>
            type === 'Float32' ? Math.fround(Number(value)) : Number(value),
          );
          expect([...(values[at] as NumberColumn)]).toEqual(numbers);
          expect(lines.slice(3 * at, 3 * at + 2)).toEqual([
            `${name}[${indices.length}]`,
            expected.join(', '),
          ]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('has all rows of a day, month and year that are over', async () => {
    const counts = async (stretch: string) => {
      const { variables } = parseDds(await (await get(`/${stretch}.dds`)).text());
      return variables.map(variable => (variable.type === 'Array' ? variable.dimensions[0] : undefined));
    };
    const within = (from: number, to: number) => TIMES.filter(time => time >= from && time < to).length;
    const day = within(MIDNIGHT, MIDNIGHT + 86_400);
    expect(day).toBeGreaterThan(6000);
    expect(await counts('2026-11-28')).toEqual(NAMES.map(() => ({ name: 'time', size: day })));
    expect(await counts('2026-11-27')).toContainEqual({
      name: 'time',
      size: within(MIDNIGHT - 86_400, MIDNIGHT),
    });
    expect(await counts('2026-10')).toContainEqual({ name: 'time', size: 0 });
    expect(await counts('2025')).toContainEqual({ name: 'time', size: 0 });
    expect(await counts('2026-11-27..2026-11-29')).toContainEqual({
      name: 'time',
      size: within(MIDNIGHT - 86_400, MIDNIGHT + 86_400),
    });
  });
});

describe('a stretch of a dataset', () => {
  const roof = servedStation();
  const { get, message } = roof;

  it('has the attributes of the columns beside the global ones, and its own bounds', async () => {
    const attributes = parseDas(await (await get('roof/2026-11-28.das')).text());
    expect([...attributes.keys()]).toEqual(['NC_GLOBAL', ...NAMES]);
    for (const { name, type, attributes: own } of TYPED_COLUMNS) {
      const unsigned = ['Byte', 'UInt16', 'UInt32'].includes(type)
        ? ([['_Unsigned', { type: 'String', values: ['true'] }]] as const)
        : [];
      expect(attributes.get(name)).toEqual(new Map([...own, ...unsigned]));
    }
    expect(attributes.get('NC_GLOBAL')).toEqual(
      new Map([
        ['Conventions', { type: 'String', values: ['CF-1.11, ACDD-1.3'] }],
        ['title', { type: 'String', values: ['The roof'] }],
        ['summary', { type: 'String', values: ['A column of each type.'] }],
        ['source', { type: 'String', values: ['a test'] }],
        ['featureType', { type: 'String', values: ['timeSeries'] }],
        ['cdm_data_type', { type: 'String', values: ['TimeSeries'] }],
        ['time_coverage_start', { type: 'String', values: ['2026-11-28T00:00:00Z'] }],
        ['time_coverage_end', { type: 'String', values: ['2026-11-29T00:00:00Z'] }],
      ]),
    );
  });

  it('without a row has Arrays without a value', async () => {
    expect(decodeAll(new Uint8Array(await (await get('roof/2026-10.dods')).arrayBuffer())).values).toEqual(
      typedRows([]).columns,
    );
    expect(await message('roof/2026-10.dods?time[0]')).toEqual([
      400,
      'constraint "time[0]", at character 4: expected no index, since the variable has no value, found one',
    ]);
    expect((await get('roof/2026-10.dods?time[0:*]')).status).toBe(200);
  });

  it('answers HEAD with the length of its data, and sends none', async () => {
    const { bytes } = await get('roof/2026-11-28.dods').then(async answer => ({
      bytes: await answer.arrayBuffer(),
    }));
    const head = await get('roof/2026-11-28.dods', { method: 'HEAD' });
    expect([head.status, head.headers.get('content-length')]).toEqual([200, String(bytes.byteLength)]);
    expect(await head.text()).toBe('');
  });

  it('gives what pydap asks for', async () => {
    // pydap 3.5 (handlers/dap.py): open_url(URL)['temperature'][0:10], [5:], [3], of a variable with 6912 values.
    const text = await (await get('roof/2026-11-28.dds')).text();
    expect(text).toContain('    Float64 temperature[time = 6912];\n');
    await get('roof/2026-11-28.das');
    const all = decodeAll(new Uint8Array(await (await get('roof/2026-11-28.dods')).arrayBuffer())).values.at(
      -1,
    );
    for (const [hyperslab, first, last] of [
      ['%5B0:1:9%5D', 0, 9],
      ['[5:1:6911]', 5, 6911],
      ['[5:1:9223372036854775806]', 5, 6911],
      ['[3:1:3]', 3, 3],
    ] as const) {
      const body = Buffer.from(
        await (await get(`roof/2026-11-28.dods?temperature${hyperslab}`)).arrayBuffer(),
      );
      const mark = body.indexOf('\nData:\n');
      expect(body.toString('latin1', 0, mark)).toBe(
        `Dataset {\n    Float64 temperature[time = ${last - first + 1}];\n} roof;`,
      );
      // BytesReader: the length twice, then the values.
      const data = body.subarray(mark + 7);
      expect([data.readUInt32BE(0), data.readUInt32BE(4), data.length]).toEqual([
        last - first + 1,
        last - first + 1,
        8 + 8 * (last - first + 1),
      ]);
      const found = Array.from({ length: last - first + 1 }, (_, at) => data.readDoubleBE(8 + 8 * at));
      expect(found).toEqual([...(all as Float64Array).subarray(first, last + 1)]);
    }
  });

  it('counts as a stream within the limits, and in the metrics', async () => {
    const { streams } = roof.server.app;
    const { rows, bytes } = streams.counted.of({ dataset: 'roof', format: 'dods', client: 'loopback' });
    const answer = await get('roof/2026-11-28.dods?time,temperature');
    const { byteLength } = await answer.arrayBuffer();
    const counts = streams.counted.of({ dataset: 'roof', format: 'dods', client: 'loopback' });
    expect([counts.rows - rows, counts.bytes - bytes]).toEqual([6912, byteLength]);
    await expect.poll(() => streams.size).toBe(0);
  });

  it('is broken off, and never shifted, when its rows are forgotten while they are sent', async () => {
    const source = new ScriptedSource();
    const rows = 600_000;
    const store = new MemoryStore(source.layout.columns, { rows: 1e6, bytes: 1e9, age: 80_000 });
    const times = Float64Array.from({ length: rows }, (_, row) => MIDNIGHT + row / 10);
    store.append({ length: rows, columns: [times, times, new Int32Array(rows), new Float32Array(rows)] });
    const dataset = new StoredDataset({ ...SCRIPTED, name: 'log' }, source, store);
    const other = await serving({ datasets: [dataset] });
    const client = new RawClient(other.port, { reading: false });
    client.ask('/log/2026-11-28T00:00:00Z..2026-11-28T16:00:00Z.dods');
    await expect.poll(() => other.app.streams.size).toBe(1);
    await source.append([[MIDNIGHT + 59_000 + 80_000, 0, 0, 0]]);
    client.read();
    await client.end();
    const [answer] = client.answers;
    const { head, body } = answer!;
    const [, length] = /content-length: (\d+)/.exec(head)!;
    expect(body.length).toBeLessThan(Number(length));
    const data = body.subarray(body.indexOf('\nData:\n') + 7);
    expect(data.readUInt32BE(0)).toBe(576_000);
    const values = Math.floor((data.length - 8) / 8);
    expect(values).toBeGreaterThan(100);
    for (let at = 0; at < Math.min(values, 576_000); at += 1)
      if (data.readDoubleBE(8 + 8 * at) !== times[at]) throw new Error(`value ${at} is shifted`);
    const later = await fetch(`${other.url}/log/2026-11-28T00:00:00Z..2026-11-28T16:00:00Z.dds`);
    expect([later.status, await later.text()]).toEqual([
      410,
      expect.stringContaining('the rows until 2026-11-28T16:23:19.9Z are not there any more'),
    ]);
    await other.close();
  });
});

import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, it } from 'vitest';
import {
  type Batch,
  type DapDataset,
  encodeHeader,
  encodeValue,
  parseConstraint,
  planConstraint,
  printDas,
  printDds,
  RowReader,
  type Sequence,
  type Value,
  type Variable,
} from '../../dap/index.ts';
import { readCdl } from '../dap/decode/cdl.ts';
import { describeWith, tools } from '../tools.ts';
import { run } from './programs.ts';

/** One row of extremes a type, as both clients read it. */
const COLUMNS = {
  byte: ['Byte', Uint8Array.of(0, 1, 127, 128, 255)],
  int16: ['Int16', Int16Array.of(0, 1, -1, 32767, -32768)],
  uint16: ['UInt16', Uint16Array.of(0, 1, 2, 32768, 65535)],
  int32: ['Int32', Int32Array.of(0, 1, -1, 2147483647, -2147483648)],
  uint32: ['UInt32', Uint32Array.of(0, 1, 2, 2147483648, 4294967295)],
  float32: ['Float32', Float32Array.of(0, 1.5, -0.1, 3.4028234e38, 1e-38)],
  float64: ['Float64', Float64Array.of(0, 1.5, -0.1, 1795222000.123456, 1e-300)],
  string: ['String', ['', 'a', 'say "hi"', 'a, b; c', 'four']],
  url: ['Url', ['http://pi/', 'x', 'yy', 'zzz', 'http://pi:8080/roberrypi.dods?time']],
} as const;

const sequence: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: Object.entries(COLUMNS).map(([name, [type]]) => ({ type, name })),
};
const rows: Batch = {
  length: 5,
  columns: Object.values(COLUMNS).map(
    ([, values]) => (Array.isArray(values) ? [...values] : values) as never,
  ),
};
const sequenceDataset: DapDataset = { name: 'rows', variables: [sequence] };

/** Every type that lies outside a Sequence: scalars, arrays, a Structure, a Grid, a nested Sequence. */
const numeric = Object.entries(COLUMNS).filter(([name]) => name !== 'string' && name !== 'url');
const composed: readonly { readonly variable: Variable; readonly value: Value }[] = [
  ...Object.entries(COLUMNS).map(([name, [type, values]]) => ({
    variable: { type, name: `one_${name}` } as Variable,
    value: values[3] as Value,
  })),
  ...numeric.map(([name, [type, values]]) => ({
    variable: {
      type: 'Array',
      name: `many_${name}`,
      element: { type, name: `many_${name}` },
      dimensions: [{ name: 'five', size: 5 }],
    } as Variable,
    value: values as unknown as Value,
  })),
  {
    variable: {
      type: 'Structure',
      name: 'pair',
      fields: [
        { type: 'Int32', name: 'left' },
        { type: 'Float64', name: 'right' },
      ],
    },
    value: [7, 0.25],
  },
  {
    variable: {
      type: 'Grid',
      name: 'field',
      array: {
        type: 'Array',
        name: 'field',
        element: { type: 'Float32', name: 'field' },
        dimensions: [
          { name: 'lat', size: 2 },
          { name: 'lon', size: 3 },
        ],
      },
      maps: [
        {
          type: 'Array',
          name: 'lat',
          element: { type: 'Float64', name: 'lat' },
          dimensions: [{ name: 'lat', size: 2 }],
        },
        {
          type: 'Array',
          name: 'lon',
          element: { type: 'Float64', name: 'lon' },
          dimensions: [{ name: 'lon', size: 3 }],
        },
      ],
    },
    value: [Float32Array.of(1, 2, 3, 4, 5, 6), Float64Array.of(46.5, 47.5), Float64Array.of(7, 8, 9)],
  },
];
const composedDataset: DapDataset = { name: 'composed', variables: composed.map(({ variable }) => variable) };

const outer: Sequence = {
  type: 'Sequence',
  name: 'outer',
  fields: [
    { type: 'Int32', name: 'id' },
    { type: 'Sequence', name: 'inner', fields: [{ type: 'Float64', name: 'x' }] },
  ],
};
const nested: Batch = {
  length: 2,
  columns: [
    Int32Array.of(1, 2),
    [
      { length: 2, columns: [Float64Array.of(10, 11)] },
      { length: 1, columns: [Float64Array.of(20)] },
    ],
  ],
};

/** The response of a server of this dataset: a flat Sequence under a constraint, or the requested variables. */
function answer(path: string, query: string): Buffer | undefined {
  const [, name, suffix] = /^\/(\w+)\.(\w+)$/.exec(path) ?? [];
  if (suffix === 'das') return Buffer.from(printDas(new Map()));
  if (name === 'rows') {
    const plan = planConstraint(parseConstraint(query), sequenceDataset, { now: 0 });
    if (suffix === 'dds') return Buffer.from(printDds(plan.dataset));
    const { batch } = new RowReader(plan).next(rows);
    return Buffer.concat([encodeHeader(plan.dataset), encodeValue(plan.sequence, batch)]);
  }
  if (name === 'nested') {
    const dataset: DapDataset = { name: 'nested', variables: [outer] };
    if (suffix === 'dds') return Buffer.from(printDds(dataset));
    return Buffer.concat([encodeHeader(dataset), encodeValue(outer, nested)]);
  }
  const asked = decodeURIComponent(query)
    .split(',')
    .map(item => item.replace(/\[.*|\..*/s, ''));
  const chosen = composed.filter(({ variable }) => query === '' || asked.includes(variable.name));
  const dataset: DapDataset = { ...composedDataset, variables: chosen.map(({ variable }) => variable) };
  if (suffix === 'dds') return Buffer.from(printDds(dataset));
  return Buffer.concat([
    encodeHeader(dataset),
    ...chosen.map(({ variable, value }) => encodeValue(variable, value)),
  ]);
}

let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const [path = '', query = ''] = (request.url ?? '').split('?');
    const body = answer(path, query);
    response.writeHead(body === undefined ? 404 : 200, {
      'Content-Type': path.endsWith('.dods') ? 'application/octet-stream' : 'text/plain',
      'Content-Description': `dods-${path.endsWith('.dods') ? 'data' : path.slice(-3)}`,
      XDAP: '2.0',
      'XDODS-Server': 'dods/3.2',
    });
    response.end(body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => server.close());

describeWith('getdap', 'getdap and the encoder agree, value by value, on', () => {
  const printed = async (name: string) => (await run(tools.getdap!, ['-D', `${url}/${name}`])).stdout;
  /** getdap prints six digits of a Float32 and fifteen of a Float64. */
  const digits = (type: string, value: number | string) => {
    if (typeof value === 'string' || !type.startsWith('Float')) return value;
    return Number(value.toPrecision(type === 'Float32' ? 6 : 15));
  };
  const read = (type: string, text: string) =>
    digits(type, type === 'String' || type === 'Url' ? (JSON.parse(text) as string) : Number(text));

  it('every type inside a Sequence', async () => {
    const table = /\} sensor = \{ (.*) \};/s.exec(await printed('rows'))?.[1] ?? '';
    const found = table.split('}, {').map(row => splitRow(row.replace(/^[{ ]+|[} ]+$/g, '')));
    expect(found).toHaveLength(rows.length);
    for (const [index, [name, [type, values]]] of Object.entries(COLUMNS).entries()) {
      const column = found.map(row => read(type, row[index]!));
      expect(column, name).toEqual(Array.from<number | string>(values).map(value => digits(type, value)));
    }
  });

  it('every type outside a Sequence', async () => {
    const text = await printed('composed');
    for (const [name, [type, values]] of Object.entries(COLUMNS)) {
      const one = new RegExp(`one_${name} = (.*);\n`).exec(text)?.[1] ?? '';
      expect(read(type, one), name).toEqual(digits(type, values[3]));
    }
    for (const [name, [type, values]] of numeric) {
      const many = new RegExp(`many_${name}\\[five = 5\\] = \\{(.*)\\};\n`).exec(text)?.[1] ?? '';
      const column = many.split(',').map(item => read(type, item));
      expect(column, name).toEqual(Array.from<number | string>(values).map(value => digits(type, value)));
    }
    expect(text.replace(/\s+/g, ' ')).toMatch(/pair = \{ 7, 0\.25 ?\}/);
    expect(text.replace(/\s+/g, '')).toMatch(/\{\{1,2,3\},\{4,5,6\}\}/);
    expect(text.replace(/\s+/g, '')).toMatch(/\{46\.5,47\.5\}.*\{7,8,9\}/);
  });

  it('a Sequence inside a Sequence', async () => {
    const text = (await printed('nested')).replace(/\s+/g, ' ');
    expect(text).toContain('{ { 1, { { 10 }, { 11 } } }, { 2, { { 20 } } } }');
  });
});

describeWith('ncdump', 'ncdump and the encoder agree, value by value, on', () => {
  const printed = async (name: string) => (await run(tools.ncdump!, ['-p', '9,17', `${url}/${name}`])).stdout;
  /** netCDF-3 has no unsigned types: ncdump shows the same bits with a sign, and nine digits of a Float32. */
  const asPrinted = (type: string, value: number | string) => {
    if (typeof value === 'string') return value;
    if (type === 'Float32') return Math.fround(value);
    return { Byte: (value << 24) >> 24, UInt16: (value << 16) >> 16, UInt32: value | 0 }[type] ?? value;
  };

  it('every type inside a Sequence', async () => {
    const { data } = readCdl(await printed('rows'));
    for (const [name, [type, values]] of Object.entries(COLUMNS)) {
      const want = Array.from<number | string>(values).map(value => asPrinted(type, value));
      expect(data.get(`sensor.${name}`), name).toEqual(want);
    }
  });

  it('every type outside a Sequence', async () => {
    const { data } = readCdl(await printed('composed'));
    for (const [name, [type, values]] of numeric) {
      const want = Array.from<number | string>(values).map(value => asPrinted(type, value));
      expect(data.get(`many_${name}`), name).toEqual(want);
      expect(data.get(`one_${name}`), name).toEqual([want[3]]);
    }
    // Of a Grid it shows the array alone, unless the maps stand outside the Grid as well.
    expect(data.get('field')).toEqual([1, 2, 3, 4, 5, 6]);
    expect(data.get('pair.left')).toEqual([7]);
    expect(data.get('pair.right')).toEqual([0.25]);
  });
});

/** Splits at commas outside of quotes. */
function splitRow(row: string): string[] {
  return [...row.matchAll(/\s*("(?:\\.|[^"\\])*"|[^,]+)(?:,|$)/g)].map(match => match[1]!);
}

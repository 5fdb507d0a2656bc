import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { FileWriter, writeAll, writeBatch } from '../../../server/history/parquet/file-writer.ts';
import { loadParquet } from '../../../server/history/parquet/parquet.ts';
import { writeDurably } from '../../../server/machine/durable.ts';
import { textOf } from '../../sources.ts';
import { TIME } from './rows.ts';

let folder: string;
let before: string;
beforeAll(() => {
  before = process.cwd();
  folder = mkdtempSync(join(tmpdir(), 'dapberry-duckdb-'));
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true });
});

const COLUMNS = [
  TIME,
  { type: 'Float64', name: 'temperature' },
  { type: 'Float32', name: 'humidity' },
  { type: 'Int32', name: 'offset' },
  { type: 'UInt32', name: 'count' },
  { type: 'Float64', name: 'steps' },
  { type: 'Float64', name: 'voltage' },
] as const;

/** One row each half hour from 2026-11-28T00:00:00.000001Z on. */
const ROWS = 5000;
const time = (row: number) => 1_795_824_000.000001 + row * 1800;
const steps = (row: number) => 20 + (row % 7) / 16;
/** The steps of a converter, which are no power of two, with noise. */
const voltage = (row: number) =>
  ((9000 + Math.floor(row / 10) + (Math.imul(row ^ (row >>> 5), 0x9e3779b1) >>> 29)) * 4.1) / 32_768;

async function writeRows(): Promise<void> {
  const facts = { dataset: 'roof', columns: COLUMNS, das: 'Attributes {\n}\n', firstPosition: 0, clock: [] };
  const writer = new FileWriter(await loadParquet(), facts);
  const numbers = Array.from({ length: ROWS }, (_, row) => row);
  mkdirSync(join(folder, 'roof/2026/11'), { recursive: true });
  await writeDurably(join(folder, 'roof/2026/11'), '2026-11-28.parquet', async handle => {
    await writeBatch(
      writer,
      {
        length: ROWS,
        columns: [
          Float64Array.from(numbers, time),
          Float64Array.from(numbers, row => (row === 1 ? Number.NaN : row / 10)),
          Float32Array.from(numbers, row => row / 4),
          Int32Array.from(numbers, row => (row % 2 === 0 ? -(2 ** 31) : 2 ** 31 - 1)),
          Uint32Array.from(numbers, row => 2 ** 32 - 1 - row),
          Float64Array.from(numbers, steps),
          Float64Array.from(numbers, voltage),
        ],
      },
      handle,
    );
    writer.finish();
    await writeAll(handle, writer.takeBytes());
  });
}

it('DuckDB reads times, types and values, and answers the query of the documentation', async () => {
  await writeRows();
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  const ask = async (query: string) => (await connection.runAndReadAll(query)).getRowsJson();
  try {
    process.chdir(folder);
    const file = "read_parquet('roof/2026/**/*.parquet')";
    const types = await ask(`SELECT column_name, column_type FROM (DESCRIBE SELECT * FROM ${file})`);
    expect(types).toEqual([
      ['time', 'TIMESTAMP WITH TIME ZONE'],
      ['temperature', 'DOUBLE'],
      ['humidity', 'FLOAT'],
      ['offset', 'INTEGER'],
      ['count', 'UINTEGER'],
      ['steps', 'DOUBLE'],
      ['voltage', 'DOUBLE'],
    ]);
    // The files have all encodings that the writer chooses from.
    const encodings = await ask(
      "SELECT DISTINCT encodings, compression FROM parquet_metadata('roof/2026/**/*.parquet') ORDER BY encodings",
    );
    expect(encodings).toEqual([
      ['BYTE_STREAM_SPLIT', 'BROTLI'],
      ['DELTA_BINARY_PACKED', 'BROTLI'],
      ['PLAIN', 'BROTLI'],
      ['PLAIN, RLE_DICTIONARY', 'BROTLI'],
    ]);
    const values = await ask(
      `SELECT epoch_us(time), temperature, humidity, "offset", count, steps, voltage FROM ${file} ORDER BY time`,
    );
    expect(values).toEqual(
      Array.from({ length: ROWS }, (_, row) => [
        String(Math.round(time(row) * 1e6)),
        row === 1 ? 'NaN' : row / 10,
        row / 4,
        row % 2 === 0 ? -(2 ** 31) : 2 ** 31 - 1,
        2 ** 32 - 1 - row,
        steps(row),
        voltage(row),
      ]),
    );
    const [query] = /(?<=```sql\n)[^`]+/.exec(textOf('docs/history.md')) ?? [];
    const hours = await ask(query!);
    expect(hours).toHaveLength(ROWS / 2);
    expect(hours[1]![1]).toBeCloseTo(0.25, 10);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
});

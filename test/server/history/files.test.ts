import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parquetReadObjects } from 'hyparquet';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Batch } from '../../../dap/index.ts';
import { isStorable } from '../../../server/history/parquet/file-columns.ts';
import type { FileFacts } from '../../../server/history/parquet/file-facts.ts';
import {
  BrokenFile,
  metadataOf,
  readFooter,
  readGroup,
} from '../../../server/history/parquet/file-reader.ts';
import { FileWriter, GROUP_ROWS, writeAll, writeBatch } from '../../../server/history/parquet/file-writer.ts';
import { DECOMPRESS, loadParquet } from '../../../server/history/parquet/parquet.ts';
import { writeDurably } from '../../../server/machine/durable.ts';
import { batches, bitsOf, layouts, TIME } from './rows.ts';

/** More of them: DAPBERRY_FLIPS=20000 npx vitest run test/server/history/files.test.ts */
const { DAPBERRY_FLIPS = '400' } = process.env;
const FLIPS = Number(DAPBERRY_FLIPS);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'dapberry-history-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

async function write(facts: FileFacts, batch: Batch, name = 'rows.parquet'): Promise<string> {
  const writer = new FileWriter(await loadParquet(), facts);
  await writeDurably(folder, name, async handle => {
    await writeBatch(writer, batch, handle);
    writer.finish();
    await writeAll(handle, writer.takeBytes());
  });
  return join(folder, name);
}

async function readAll(
  file: string,
  { columns, groupTimes }: Pick<FileFacts, 'columns'> & { groupTimes: Float64Array },
) {
  const handle = await open(file);
  try {
    const { metadata } = await metadataOf(handle);
    const groups: Batch[] = [];
    for (const group of groupTimes.keys()) groups.push(await readGroup(handle, metadata, columns, group));
    return groups;
  } finally {
    await handle.close();
  }
}

const facts = (columns: FileFacts['columns']): FileFacts => ({
  dataset: 'roof',
  columns,
  das: 'Attributes {\n}\n',
  firstPosition: 2 ** 40,
  clock: ['ahead by 3 s'],
});

describe('rows in a file', () => {
  it('come back bit for bit, whatever their types and values', async () => {
    const rows = layouts.chain(columns => fc.tuple(fc.constant(columns), batches(columns)));
    await fc.assert(
      fc.asyncProperty(rows, async ([columns, batch]) => {
        const file = await write(facts(columns), batch);
        const footer = (await readFooter(file))!;
        const times = batch.columns[0] as Float64Array;
        expect(footer).toMatchObject({
          ...facts(columns),
          rows: batch.length,
          firstTime: times[0],
          lastTime: times.at(-1),
          bytes: readFileSync(file).length,
        });
        const [group, ...others] = await readAll(file, footer);
        expect(others).toEqual([]);
        expect(bitsOf(group!)).toEqual(bitsOf(batch));
      }),
      { numRuns: 150 },
    );
  });

  it('stand in row groups, each with the time of its first row', async () => {
    const length = 2 * GROUP_ROWS + 7;
    const times = Float64Array.from({ length }, (_, row) => 1_800_000_000 + row / 8);
    const values = Float32Array.from({ length }, (_, row) => row);
    const columns = [TIME, { type: 'Float32', name: 'v' }] as const;
    const file = await write(facts(columns), { length, columns: [times, values] });
    const footer = (await readFooter(file))!;
    expect([...footer.groupTimes]).toEqual([0, GROUP_ROWS, 2 * GROUP_ROWS].map(row => times[row]));
    const groups = await readAll(file, footer);
    expect(groups.map(({ length }) => length)).toEqual([GROUP_ROWS, GROUP_ROWS, 7]);
    expect([...(groups[2]!.columns[1] as Float32Array)]).toEqual([...values.subarray(2 * GROUP_ROWS)]);
  });

  it('are read by a Parquet library that knows nothing of dapberry', async () => {
    const columns = [TIME, { type: 'UInt32', name: 'n' }, { type: 'Int16', name: 's' }] as const;
    const batch = {
      length: 2,
      columns: [
        Float64Array.of(1_795_824_000, 1_795_824_000.25),
        Uint32Array.of(0, 2 ** 32 - 1),
        Int16Array.of(-5, 5),
      ],
    };
    const file = await write(facts(columns), batch);
    const bytes = readFileSync(file);
    const rows = await parquetReadObjects({
      file: bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
      compressors: DECOMPRESS,
    });
    expect(rows).toEqual([
      { time: new Date('2026-11-28T00:00:00.000Z'), n: 0, s: -5 },
      { time: new Date('2026-11-28T00:00:00.250Z'), n: 2 ** 32 - 1, s: 5 },
    ]);
  });

  it('have times that are whole microseconds of the years 1970 to 9999', () => {
    for (const time of [0, 1e-6, 1_800_000_000.123456, 253_402_300_799.5])
      expect(isStorable(time)).toBe(true);
    for (const time of [-0, -1, 1e-7, 1_800_000_000.1234567, 253_402_300_800, Number.NaN, Infinity]) {
      expect(isStorable(time)).toBe(false);
    }
  });

  it('do not follow a row group that is not full, or has later times', async () => {
    const row = { length: 1, columns: [Float64Array.of(5)] };
    const full = {
      length: GROUP_ROWS,
      columns: [Float64Array.from({ length: GROUP_ROWS }, (_, second) => second)],
    };
    const writer = new FileWriter(await loadParquet(), facts([TIME]));
    writer.writeGroup(full);
    expect(() => writer.writeGroup(row)).toThrow('in the order of their times');
    writer.writeGroup({ length: 1, columns: [Float64Array.of(GROUP_ROWS)] });
    expect(() => writer.writeGroup(full)).toThrow('full row groups');
  });
});

describe('a file', () => {
  const columns = [TIME, { type: 'Float64', name: 'v' }] as const;
  const batch = {
    length: 300,
    columns: [
      Float64Array.from({ length: 300 }, (_, row) => 1_800_000_000 + row),
      Float64Array.from({ length: 300 }, (_, row) => Math.sin(row)),
    ],
  };

  it('that was cut anywhere is broken', async () => {
    const whole = readFileSync(await write(facts(columns), batch));
    const cut = join(folder, 'cut.parquet');
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length - 1), async length => {
        writeFileSync(cut, whole.subarray(0, length));
        await expect(readFooter(cut)).rejects.toBeInstanceOf(BrokenFile);
      }),
      { numRuns: 60 },
    );
  });

  it('with a flipped bit is found out, or its rows are those that were written', async () => {
    const file = await write(facts(columns), batch);
    const whole = readFileSync(file);
    const footer = await readFooter(file);
    const flipped = join(folder, 'flipped.parquet');
    const footerBytes = whole.readUInt32LE(whole.length - 8) + 12;
    const anywhere = fc.oneof(
      fc.nat(whole.length - 1),
      fc.integer({ min: whole.length - footerBytes, max: whole.length - 1 }),
      // The headers of pages.
      fc.nat(60),
    );
    let broken = 0;
    await fc.assert(
      fc.asyncProperty(anywhere, fc.nat(7), async (at, bit) => {
        const bytes = Buffer.from(whole);
        bytes[at]! ^= 1 << bit;
        writeFileSync(flipped, bytes);
        try {
          const found = await readFooter(flipped);
          // A file that says that it is of another version is left alone.
          if (found === undefined) return;
          expect(found).toEqual(footer);
          expect((await readAll(flipped, found)).map(bitsOf)).toEqual([bitsOf(batch)]);
        } catch (error) {
          expect(error).toBeInstanceOf(BrokenFile);
          broken += 1;
        }
      }),
      { numRuns: FLIPS },
    );
    expect(broken).toBeGreaterThan(0.7 * FLIPS);
  });

  it('of another program is not taken for one of dapberry', async () => {
    const { writer } = await loadParquet();
    const file = join(folder, 'foreign.parquet');
    const buffer = writer.parquetWriteBuffer({
      columnData: [{ name: 'time', data: [1, 2], type: 'DOUBLE' }],
    });
    writeFileSync(file, Buffer.from(buffer));
    expect(await readFooter(file)).toBeUndefined();
  });
});

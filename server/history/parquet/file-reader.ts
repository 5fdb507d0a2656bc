// Reads the files of a history: their footers, and the rows of a row group.

import type { FileHandle } from 'node:fs/promises';
import { setImmediate } from 'node:timers/promises';
import { crc32 } from 'node:zlib';
import type { DecodedArray, FileMetaData } from 'hyparquet';
import { type Batch, type NumberColumn, newColumn } from '../../../dap/protocol.ts';
import { FOOTER_CHECKSUM_BYTES, hasFooterChecksum } from './checksums.ts';
import { extentOf } from './column-extent.ts';
import { type FileColumn, type StoredType, secondsOfMicroseconds } from './file-columns.ts';
import { columnChecksums, type FileFacts, factsIn, isOfThisVersion, type RowExtent } from './file-facts.ts';
import { GROUP_ROWS } from './file-writer.ts';
import { withFile } from './open-file.ts';
import { DECOMPRESS, loadReader } from './parquet.ts';

/** Bytes at the end of a file that hold the footer of most files. */
const FOOTER_BYTES = 128 * 1024;

/** Bytes of a larger footer, or of a column of a row group, are not of a file that dapberry wrote. */
const MOST_FOOTER_BYTES = 16 * 1024 * 1024;
const MOST_COLUMN_BYTES = 1024 * 1024;

/** Times of statistics as seconds since 1970, not as Dates, which know only milliseconds. */
const SECONDS = { timestampFromMicroseconds: (microseconds: bigint) => Number(microseconds) / 1e6 };

/** A file that dapberry wrote, and that has been damaged since. */
export class BrokenFile extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'BrokenFile';
  }
}

export interface HistoryFile extends FileFacts, RowExtent {
  readonly bytes: number;
  /** The time of the first row of each row group; every group but the last has `GROUP_ROWS` rows. */
  readonly groupTimes: Float64Array;
}

/** A footer as the Parquet library reads it, and the checksums of the columns of each row group. */
export interface Footer extends FileMetaData {
  readonly checksums: Uint32Array;
}

/**
 * Reads the footer. Undefined if it is a whole Parquet file of another program. Throws BrokenFile if it is not a whole Parquet
 * file, and the error of the file system if it cannot be read.
 */
export async function readFooter(file: string): Promise<HistoryFile | undefined> {
  const { bytes, metadata } = await withFile(file, metadataOf);
  const facts = understand(() => factsIn(metadata.key_value_metadata ?? []));
  if (facts === undefined) return undefined;
  return understand(() => ({ ...facts, bytes, groupTimes: groupTimesOf(facts, metadata) }));
}

/**
 * The rows of one row group, with the columns of the file whose indices are `wanted`, by default all; the others are empty. Throws
 * as `readFooter`.
 */
export async function readGroup(
  handle: FileHandle,
  metadata: Footer,
  columns: readonly FileColumn[],
  group: number,
  wanted: readonly number[] = [...columns.keys()],
): Promise<Batch> {
  const reader = await loadReader();
  const rowGroup = metadata.row_groups[group];
  if (rowGroup === undefined) throw new BrokenFile(`expected a row group ${group}, found none`);
  const length = Number(rowGroup.num_rows);
  if (!(length <= GROUP_ROWS)) throw new BrokenFile(`expected ${GROUP_ROWS} rows at most, found ${length}`);
  // All columns of a group stand one after another: those between two wanted ones are read with them.
  const extents = wanted.map(index => extentOf(rowGroup.columns[index]?.meta_data));
  const start = Math.min(...extents.map(({ from }) => from));
  const end = Math.max(...extents.map(({ from, size }) => from + size));
  if (!(start >= 0 && end - start <= MOST_COLUMN_BYTES * columns.length)) {
    throw new BrokenFile(`expected the columns of a row group, found ${end - start} bytes at ${start}`);
  }
  const bytes = await readExactly(handle, start, end - start);
  for (const [at, { from, size }] of extents.entries()) {
    const index = wanted[at]!;
    const checksum = crc32(new Uint8Array(bytes, from - start, size));
    if (checksum === metadata.checksums[group * rowGroup.columns.length + index]) continue;
    throw new BrokenFile(`row group ${group}: expected the checksum of column ${index}, found another one`);
  }
  const file = {
    byteLength: end,
    slice: (from: number, to = end) => bytes.slice(from - start, to - start),
  };
  const part = { ...metadata, row_groups: [rowGroup], num_rows: rowGroup.num_rows };
  const found = new Map<string, DecodedArray>();
  for (const [at, index] of wanted.entries()) {
    // A column takes a few milliseconds: others have their turn between two of them.
    if (at > 0) await setImmediate();
    await understandAsync(() =>
      reader.parquetRead({
        file,
        metadata: part,
        columns: [columns[index]!.name],
        compressors: DECOMPRESS,
        onChunk: ({ columnName, columnData, rowStart }) => {
          if (rowStart === 0) found.set(columnName, columnData);
        },
      }),
    );
  }
  const asked = new Set(wanted);
  return {
    length,
    columns: columns.map((column, index) => {
      if (!asked.has(index)) return newColumn(column, 0);
      const values = found.get(column.name);
      if (values === undefined) throw new BrokenFile(`expected a column ${column.name}, found none`);
      const numbers = index === 0 ? timesIn(values) : typed(column.type, values);
      if (numbers.length !== length) throw new BrokenFile(`expected ${length} rows, found ${numbers.length}`);
      return numbers;
    }),
  };
}

/** The footer as `readGroup` needs it. */
export async function metadataOf(handle: FileHandle): Promise<{ bytes: number; metadata: Footer }> {
  const reader = await loadReader();
  const { size } = await handle.stat();
  if (size < 12) throw new BrokenFile(`expected a Parquet file, found ${size} bytes`);
  const tail = await readExactly(handle, Math.max(0, size - FOOTER_BYTES), Math.min(size, FOOTER_BYTES));
  const footer = new DataView(tail).getUint32(tail.byteLength - 8, true) + 8;
  if (footer > Math.min(size, MOST_FOOTER_BYTES))
    throw new BrokenFile(`expected a footer within ${size} bytes, found one of ${footer}`);
  const length = Math.min(size, footer + FOOTER_CHECKSUM_BYTES);
  const all = length <= tail.byteLength ? tail : await readExactly(handle, size - length, length);
  const metadata = understand(() => reader.parquetMetadata(all, { geoparquet: false, parsers: SECONDS }));
  const found = metadata.key_value_metadata ?? [];
  if (!isOfThisVersion(found))
    return { bytes: size, metadata: { ...metadata, checksums: new Uint32Array() } };
  if (!hasFooterChecksum(new Uint8Array(all, all.byteLength - length)))
    throw new BrokenFile('expected the checksum of the footer, found another one');
  const checksums = understand(() => columnChecksums(found));
  return { bytes: size, metadata: { ...metadata, ...physicalTimes(metadata), checksums } };
}

/** Times are read as 64 bits without a meaning: a Float64 array of them is made faster than one of BigInts. */
function physicalTimes({ schema, row_groups }: FileMetaData): Pick<FileMetaData, 'schema' | 'row_groups'> {
  return {
    schema: schema.map((element, index) => {
      const { name, num_children, repetition_type, type } = element;
      if (index === 1) return { name, repetition_type: 'REQUIRED', type: 'INT64' };
      return {
        name,
        ...(num_children && { num_children }),
        ...(repetition_type && { repetition_type }),
        ...(type && { type }),
      };
    }),
    row_groups: row_groups.map(group => ({
      ...group,
      columns: group.columns.map((column, index) =>
        index === 0 && column.meta_data !== undefined
          ? { ...column, meta_data: { ...column.meta_data, type: 'INT64' } }
          : column,
      ),
    })),
  };
}

function groupTimesOf({ rows, firstTime }: RowExtent, { row_groups }: FileMetaData): Float64Array {
  const counts = row_groups.map(({ num_rows }) => Number(num_rows));
  const isRegular = counts.every((count, index) =>
    index < counts.length - 1 ? count === GROUP_ROWS : count > 0,
  );
  if (!isRegular || counts.reduce((sum, count) => sum + count, 0) !== rows) {
    throw new Error(
      `expected ${rows} rows in row groups of ${GROUP_ROWS}, found groups of ${counts.join(', ')}`,
    );
  }
  return Float64Array.from(row_groups, ({ columns: [time] }, index) => {
    const { min_value: least } = time?.meta_data?.statistics ?? {};
    if (typeof least !== 'number') throw new Error('expected the statistics of time, found none');
    if (index === 0 && least !== firstTime)
      throw new Error(`expected ${firstTime} as the first time, found ${least}`);
    return least;
  });
}

function timesIn(values: DecodedArray): Float64Array {
  if (!(values instanceof BigInt64Array)) throw new BrokenFile('expected times of 64 bits, found others');
  return secondsOfMicroseconds(values.buffer, values.byteOffset, values.length);
}

function typed(type: StoredType, values: DecodedArray): NumberColumn {
  const column = newColumn({ type, name: '' }, 0) as NumberColumn;
  if (values.constructor === column.constructor) return values as NumberColumn;
  if (values instanceof Int32Array && type === 'UInt32')
    return new Uint32Array(values.buffer, values.byteOffset, values.length);
  // The values of a dictionary come as a list.
  const isSmall = values instanceof Int32Array && ['Int16', 'UInt16', 'Byte'].includes(type);
  const isList = Array.isArray(values) && type.startsWith('Float');
  if (!isSmall && !isList)
    throw new BrokenFile(`expected a column of ${type}, found ${values.constructor.name}`);
  const numbers = newColumn({ type, name: '' }, values.length) as NumberColumn;
  numbers.set(values as ArrayLike<number>);
  return numbers;
}

async function readExactly(handle: FileHandle, position: number, length: number): Promise<ArrayBuffer> {
  const buffer = new ArrayBuffer(length);
  const bytes = new Uint8Array(buffer);
  for (let at = 0; at < length; ) {
    const { bytesRead } = await handle.read(bytes, at, length - at, position + at);
    if (bytesRead === 0) throw new BrokenFile(`expected ${length} bytes at ${position}, found ${at}`);
    at += bytesRead;
  }
  return buffer;
}

/** Errors of the Parquet library say that the file is damaged. */
function understand<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw brokenBy(error);
  }
}

async function understandAsync<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    throw brokenBy(error);
  }
}

function brokenBy(error: unknown): BrokenFile {
  return error instanceof BrokenFile
    ? error
    : new BrokenFile(error instanceof Error ? error.message : String(error), { cause: error });
}

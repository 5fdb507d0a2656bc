// Reads the files of a history: their footers, and the rows of a row group.

import { type FileHandle, open } from 'node:fs/promises';
import type { FileMetaData } from 'hyparquet';
import { type Batch, type NumberColumn, newColumn } from '../../dap/protocol.ts';
import { type FileColumn, type StoredType, secondsOfMicroseconds } from './file-columns.ts';
import { type FileFacts, factsIn, type RowExtent } from './file-facts.ts';
import { GROUP_ROWS } from './file-writer.ts';
import { DECOMPRESS, loadParquet } from './parquet.ts';

/** Bytes at the end of a file that hold the footer of most files. */
const FOOTER_BYTES = 128 * 1024;

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

/**
 * Reads the footer. Undefined if it is a whole Parquet file of another program. Throws BrokenFile if it is not a whole Parquet
 * file, and the error of the file system if it cannot be read.
 */
export async function readFooter(file: string): Promise<HistoryFile | undefined> {
  const handle = await open(file, 'r');
  try {
    const { bytes, metadata } = await metadataOf(handle);
    const facts = understand(() => factsIn(metadata.key_value_metadata ?? []));
    if (facts === undefined) return undefined;
    return understand(() => ({ ...facts, bytes, groupTimes: groupTimesOf(facts, metadata) }));
  } finally {
    await handle.close();
  }
}

/** The rows of one row group, with the columns of the file. Throws as `readFooter`. */
export async function readGroup(
  handle: FileHandle,
  metadata: FileMetaData,
  columns: readonly FileColumn[],
  group: number,
): Promise<Batch> {
  const { reader } = await loadParquet();
  const rowGroup = metadata.row_groups[group];
  if (rowGroup === undefined) throw new BrokenFile(`expected a row group ${group}, found none`);
  const length = Number(rowGroup.num_rows);
  // All columns of a group stand one after another.
  const starts = rowGroup.columns.map(({ meta_data }) => Number(meta_data?.data_page_offset ?? 0));
  const ends = rowGroup.columns.map(
    ({ meta_data }, index) => starts[index]! + Number(meta_data?.total_compressed_size ?? 0),
  );
  const [start, end] = [Math.min(...starts), Math.max(...ends)];
  const bytes = await readExactly(handle, start, end - start);
  const found = new Map<string, ArrayBufferView>();
  await understandAsync(() =>
    reader.parquetRead({
      file: { byteLength: end, slice: (from, to = end) => bytes.slice(from - start, to - start) },
      metadata: { ...metadata, row_groups: [rowGroup], num_rows: rowGroup.num_rows },
      compressors: DECOMPRESS,
      onChunk: ({ columnName, columnData, rowStart }) => {
        if (rowStart === 0 && ArrayBuffer.isView(columnData)) found.set(columnName, columnData);
      },
    }),
  );
  return {
    length,
    columns: columns.map(({ type, name }, index) => {
      const values = found.get(name);
      if (values === undefined) throw new BrokenFile(`expected a column ${name}, found none`);
      const column = index === 0 ? timesIn(values) : typed(type, values);
      if (column.length !== length) throw new BrokenFile(`expected ${length} rows, found ${column.length}`);
      return column;
    }),
  };
}

/** The footer as `readGroup` needs it. */
export async function metadataOf(handle: FileHandle): Promise<{ bytes: number; metadata: FileMetaData }> {
  const { reader } = await loadParquet();
  const { size } = await handle.stat();
  if (size < 12) throw new BrokenFile(`expected a Parquet file, found ${size} bytes`);
  const tail = await readExactly(handle, Math.max(0, size - FOOTER_BYTES), Math.min(size, FOOTER_BYTES));
  const footer = new DataView(tail).getUint32(tail.byteLength - 8, true) + 8;
  if (footer > size) throw new BrokenFile(`expected a footer within ${size} bytes, found one of ${footer}`);
  const all = footer <= tail.byteLength ? tail : await readExactly(handle, size - footer, footer);
  const metadata = understand(() => reader.parquetMetadata(all, { geoparquet: false, parsers: SECONDS }));
  return { bytes: size, metadata: { ...metadata, ...physicalTimes(metadata) } };
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

function timesIn({ buffer, byteOffset, byteLength }: ArrayBufferView): Float64Array {
  return secondsOfMicroseconds(buffer, byteOffset, byteLength / 8);
}

function typed(type: StoredType, values: ArrayBufferView): NumberColumn {
  if (type === 'UInt32') return new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  const expected = newColumn({ type, name: '' }, 0) as NumberColumn;
  if (values.constructor === expected.constructor) return values as NumberColumn;
  if (!(values instanceof Int32Array) || !['Int16', 'UInt16', 'Byte'].includes(type)) {
    throw new BrokenFile(`expected a column of ${type}, found ${values.constructor.name}`);
  }
  const column = newColumn({ type, name: '' }, values.length) as NumberColumn;
  column.set(values);
  return column;
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

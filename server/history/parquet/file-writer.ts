// Writes rows into a Parquet file, row group by row group.

import type { FileHandle } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import type { SchemaElement } from 'hyparquet';
import type { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { Batch, NumberColumn } from '../../../dap/protocol.ts';
import { withFooterChecksum } from './checksums.ts';
import { extentOf } from './column-extent.ts';
import { encodingOf } from './encodings.ts';
import { logicalSchema, microsecondsOf, physicalSchema, physicalValues } from './file-columns.ts';
import { type FileFacts, keyValues, type RowExtent } from './file-facts.ts';
import { CODEC, COMPRESS, type Parquet } from './parquet.ts';

/** Rows of a row group, which is decoded at once: a millisecond or two for ten columns. Every group but the last is full. */
export const GROUP_ROWS = 4096;

/** Takes rows of any number, one after another, and gives the bytes of a file. */
export class FileWriter {
  readonly #parquet: Parquet;
  readonly #facts: FileFacts;
  readonly #schema: readonly SchemaElement[];
  readonly #bytes: ByteWriter;
  readonly #writer: ParquetWriter;
  #rows = 0;
  #firstTime = Number.NaN;
  #lastTime = Number.NEGATIVE_INFINITY;
  /** Those of the columns of each row group. */
  readonly #checksums: number[] = [];
  /** The time of the first row of each row group. */
  readonly groupTimes: number[] = [];

  constructor(parquet: Parquet, facts: FileFacts) {
    const { writer } = parquet;
    const schema = physicalSchema(facts.columns);
    this.#parquet = parquet;
    this.#facts = facts;
    this.#schema = schema;
    this.#bytes = new writer.ByteWriter();
    this.#writer = new writer.ParquetWriter({
      writer: this.#bytes,
      schema,
      codec: CODEC,
      compressors: COMPRESS,
      createdBy: 'dapberry',
    });
  }

  get extent(): RowExtent {
    return { rows: this.#rows, firstTime: this.#firstTime, lastTime: this.#lastTime };
  }

  /** Encodes one row group. Times have to be storable and to increase. */
  writeGroup({ length, columns }: Batch): void {
    const times = columns[0] as Float64Array;
    if (this.#rows % GROUP_ROWS !== 0 || length > GROUP_ROWS)
      throw new Error('expected full row groups but the last');
    if (!(times[0]! > this.#lastTime)) throw new Error('expected rows in the order of their times');
    if (this.#rows === 0) this.#firstTime = times[0]!;
    this.#lastTime = times[length - 1]!;
    this.#rows += length;
    this.groupTimes.push(times[0]!);
    this.#writer.write({
      rowGroupSize: length,
      columnData: this.#facts.columns.map(({ name }, index) => {
        const data = index === 0 ? microsecondsOf(times) : physicalValues(columns[index] as NumberColumn);
        return {
          name,
          data,
          encoding: encodingOf(this.#parquet, this.#schema[index + 1]!, data),
          // Programs search for rows by their times; a search by values is rare, and footers stay small.
          statistics: index === 0,
        };
      }),
    });
    this.#addChecksums();
  }

  #addChecksums(): void {
    const bytes = this.#bytes.getBytes();
    // Bytes that were taken already stood before those that are there.
    const taken = this.#bytes.offset - bytes.length;
    for (const { meta_data } of this.#writer.row_groups.at(-1)!.columns) {
      const { from, size } = extentOf(meta_data);
      this.#checksums.push(crc32(bytes.subarray(from - taken, from - taken + size)));
    }
  }

  /** The footer, after the last row group. */
  finish(): void {
    // The writer knows no unsigned numbers with this encoding, and makes a BigInt of each time: pages are written by physical types.
    this.#writer.schema = logicalSchema(this.#facts.columns);
    this.#writer.kvMetadata = keyValues(this.#facts, this.extent, this.#checksums);
    this.#writer.finish();
    this.#bytes.appendBytes(withFooterChecksum(this.takeBytes()));
  }

  /** The bytes since the last call. */
  takeBytes(): Uint8Array {
    const taken = this.#bytes.getBytes().slice();
    this.#bytes.index = 0;
    return taken;
  }
}

/** Encodes a batch as row groups and hands the bytes to `handle`; the event loop turns after each group. */
export async function writeBatch(writer: FileWriter, batch: Batch, handle: FileHandle): Promise<void> {
  for (let from = 0; from < batch.length; from += GROUP_ROWS) {
    const to = Math.min(batch.length, from + GROUP_ROWS);
    const columns = batch.columns.map(column => (column as NumberColumn).subarray(from, to));
    writer.writeGroup({ length: to - from, columns });
    await writeAll(handle, writer.takeBytes());
  }
}

export async function writeAll(handle: FileHandle, bytes: Uint8Array): Promise<void> {
  for (let from = 0; from < bytes.length; ) {
    const { bytesWritten } = await handle.write(bytes, from);
    from += bytesWritten;
  }
}

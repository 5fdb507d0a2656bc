// Sorts rows of any order into files of an hour each, so that a past of years needs no more memory than an hour of it.

import { appendFile, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { deflateSync, inflateSync } from 'node:zlib';
import { type NumberColumn, newColumn } from '../../dap/protocol.ts';
import { dayOf } from '../history/disk/day.ts';
import type { FileRows } from '../history/disk/same-rows.ts';
import type { FileColumn } from '../history/parquet/file-columns.ts';
import { joined, sliceOf } from '../store/slice.ts';

export const HOUR = 3600;

/** Rows that are kept in memory until they are written. */
const MOST_ROWS = 65_536;

/** The time of the rows of a day that were staged, and the hours and the layouts that they have. */
export interface StagedDay {
  readonly day: number;
  firstTime: number;
  lastTime: number;
  /** By their numbers since 1970. */
  readonly hours: Set<number>;
  /** By their texts. */
  readonly layouts: Map<string, readonly FileColumn[]>;
}

export class StagedRows {
  readonly #folder: string;
  readonly #waiting = new Map<number, FileRows[]>();
  #rows = 0;
  readonly #days = new Map<number, StagedDay>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** In the order of time. */
  get days(): readonly StagedDay[] {
    return [...this.#days.values()].sort((one, other) => one.day - other.day);
  }

  async add({ batch, columns }: FileRows): Promise<void> {
    const times = batch.columns[0] as Float64Array;
    const layout = JSON.stringify(columns);
    for (let from = 0; from < batch.length; ) {
      const hour = Math.floor(times[from]! / HOUR);
      let to = from + 1;
      while (to < batch.length && Math.floor(times[to]! / HOUR) === hour) to += 1;
      const rows = { batch: sliceOf(batch, from, to), columns };
      this.#waiting.set(hour, [...(this.#waiting.get(hour) ?? []), rows]);
      this.#note(hour, rows, layout);
      from = to;
    }
    this.#rows += batch.length;
    if (this.#rows >= MOST_ROWS) await this.flush();
  }

  /** Writes the rows that wait in memory. */
  async flush(): Promise<void> {
    for (const [hour, pieces] of this.#waiting) {
      const packed = alike(pieces).map(packedRows);
      await appendFile(this.#file(hour), Buffer.concat(packed));
    }
    this.#waiting.clear();
    this.#rows = 0;
  }

  /** The rows of an hour in the order in which they came, which are forgotten then. Call `flush` before. */
  async take(hour: number): Promise<readonly FileRows[]> {
    const file = this.#file(hour);
    const bytes = await readFile(file);
    await rm(file);
    const pieces: FileRows[] = [];
    for (let at = 0; at < bytes.length; ) {
      const head = bytes.readUInt32LE(at);
      const body = bytes.readUInt32LE(at + 4);
      const from = at + 8 + head;
      pieces.push(unpackedRows(bytes.toString('utf8', at + 8, from), bytes.subarray(from, from + body)));
      at = from + body;
    }
    return pieces;
  }

  #note(hour: number, { batch, columns }: FileRows, layout: string): void {
    const day = dayOf(hour * HOUR);
    const known = this.#days.get(day) ?? {
      day,
      firstTime: Number.POSITIVE_INFINITY,
      lastTime: Number.NEGATIVE_INFINITY,
      hours: new Set(),
      layouts: new Map(),
    };
    this.#days.set(day, known);
    known.hours.add(hour);
    known.layouts.set(layout, columns);
    for (const time of batch.columns[0] as Float64Array) {
      known.firstTime = Math.min(known.firstTime, time);
      known.lastTime = Math.max(known.lastTime, time);
    }
  }

  #file(hour: number): string {
    return join(this.#folder, `${hour}.rows`);
  }
}

/** Neighbours with the same columns as one. */
function alike(pieces: readonly FileRows[]): readonly FileRows[] {
  const groups: FileRows[][] = [];
  for (const piece of pieces) {
    const group = groups.at(-1);
    if (group !== undefined && JSON.stringify(group[0]!.columns) === JSON.stringify(piece.columns))
      group.push(piece);
    else groups.push([piece]);
  }
  return groups.map(group => ({
    columns: group[0]!.columns,
    batch: joined(group.map(({ batch }) => batch)),
  }));
}

function packedRows({ batch, columns }: FileRows): Buffer {
  const head = Buffer.from(JSON.stringify({ length: batch.length, columns }));
  const bytes = (batch.columns as NumberColumn[]).map(({ buffer, byteOffset, byteLength }) =>
    Buffer.from(buffer, byteOffset, byteLength),
  );
  const body = deflateSync(Buffer.concat(bytes), { level: 1 });
  const sizes = Buffer.alloc(8);
  sizes.writeUInt32LE(head.length, 0);
  sizes.writeUInt32LE(body.length, 4);
  return Buffer.concat([sizes, head, body]);
}

function unpackedRows(head: string, body: Buffer): FileRows {
  // JSON has null in place of NaN.
  const { length, columns } = JSON.parse(head, (_key, value) => value ?? Number.NaN) as Pick<
    FileRows,
    'columns'
  > & {
    length: number;
  };
  const bytes = inflateSync(body);
  let at = 0;
  return {
    columns,
    batch: {
      length,
      columns: columns.map(column => {
        const values = newColumn(column, length) as NumberColumn;
        new Uint8Array(values.buffer).set(bytes.subarray(at, at + values.byteLength));
        at += values.byteLength;
        return values;
      }),
    },
  };
}

// Where do a dataset's rows stay while readers come for them? In one bounded ring of typed-array columns.

import { type Atomic, type Batch, type NumberColumn, newColumn } from '../../dap/index.ts';

/** How much of the past a log keeps; whichever bound is met first holds. */
export interface LogBounds {
  readonly rows: number;
  readonly bytes: number;
  /** Seconds: rows that are older than the newest one by more than this are let go. */
  readonly age: number;
}

/** A day of rows, and at most 32 MB and 24 rows a second of it. */
export const DEFAULT_BOUNDS: LogBounds = { rows: 24 * 86_400, bytes: 32 * 1024 * 1024, age: 86_400 };

/** Rows that the ring begins with; it grows by halves up to its bounds. */
const FIRST_CAPACITY = 4096;

/** The rows that a log of these columns can hold at the most, and the bytes that each takes. */
export function logCapacity(
  fields: readonly Atomic[],
  bounds: LogBounds,
): { readonly rows: number; readonly rowBytes: number } {
  const empty = fields.map(field => newColumn(field, 0) as NumberColumn);
  const rowBytes = empty.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
  return { rows: Math.max(1, Math.min(bounds.rows, Math.floor(bounds.bytes / rowBytes))), rowBytes };
}

/**
 * Rows in the order of their time, strictly increasing in the first column (Float64, seconds since 1970). A row has a
 * position, counted from 0 since the log began, which it keeps for ever; the log holds positions `first` to `end - 1`
 * and forgets the oldest when a bound is met. One writer, any number of readers, each with a position of its own.
 */
export class RowLog {
  /** Rows that it can hold at the most. */
  readonly capacity: number;
  /** Bytes that a row takes. */
  readonly rowBytes: number;
  readonly bounds: LogBounds;
  readonly #fields: readonly Atomic[];
  #columns: NumberColumn[];
  #times: Float64Array;
  /** Rows that the ring has room for now. */
  #room: number;
  #oldest = 0;
  #count = 0;
  #ended = false;

  /** `fields`: the numeric columns, `time` first. */
  constructor(fields: readonly Atomic[], bounds: LogBounds = DEFAULT_BOUNDS) {
    const { rows, rowBytes } = logCapacity(fields, bounds);
    this.rowBytes = rowBytes;
    this.capacity = rows;
    this.bounds = bounds;
    this.#fields = fields;
    this.#room = Math.min(this.capacity, FIRST_CAPACITY);
    this.#columns = fields.map(field => newColumn(field, this.#room) as NumberColumn);
    this.#times = timesOf(this.#columns, fields);
  }

  /** The position of the oldest row still held. */
  get first(): number {
    return this.#oldest;
  }

  /** The position that the next row will get. */
  get end(): number {
    return this.#count;
  }

  /** True once no row can come any more. */
  get closed(): boolean {
    return this.#ended;
  }

  /** The time of the newest row, in seconds since 1970; undefined before the first. */
  get lastTime(): number | undefined {
    return this.#count === 0 ? undefined : this.#times[(this.#count - 1) % this.#room];
  }

  /** Bytes of memory that the columns take, room for rows to come included. */
  get bytes(): number {
    return this.#room * this.rowBytes;
  }

  /** Adds rows. Costs the rows, whatever the log holds. */
  append(batch: Batch): void {
    for (let row = 0; row < batch.length; row += 1) {
      if (this.#count - this.#oldest === this.#room && this.#room < this.capacity) this.#grow();
      const slot = this.#count % this.#room;
      for (let index = 0; index < this.#columns.length; index += 1) {
        this.#columns[index]![slot] = (batch.columns[index] as NumberColumn)[row]!;
      }
      this.#count += 1;
      if (this.#count - this.#oldest > this.#room) this.#oldest += 1;
    }
    const horizon = (this.lastTime ?? 0) - this.bounds.age;
    while (this.#oldest < this.#count - 1 && this.#times[this.#oldest % this.#room]! < horizon)
      this.#oldest += 1;
  }

  /**
   * Up to `most` rows from `position` on, as views into the ring: use them before the event loop turns, for later
   * rows overwrite them. Length 0 where there is no row yet.
   */
  view(position: number, most: number): Batch {
    const slot = position % this.#room;
    const length = Math.max(0, Math.min(most, this.#count - position, this.#room - slot));
    return { length, columns: this.#columns.map(column => column.subarray(slot, slot + length)) };
  }

  /** The position of the oldest row held whose time is at or after `time`; `end` where there is none. */
  find(time: number): number {
    let low = this.first;
    let high = this.#count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#times[middle % this.#room]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The time of the row at a position that the log holds. */
  timeAt(position: number): number {
    return this.#times[position % this.#room]!;
  }

  /** Says that no row will come any more. */
  close(): void {
    this.#ended = true;
  }

  /** More room, the rows laid out anew: their slots depend on it. */
  #grow(): void {
    const room = Math.min(this.capacity, Math.ceil(this.#room * 1.5));
    const columns = this.#fields.map(field => newColumn(field, room) as NumberColumn);
    for (let position = this.#oldest; position < this.#count; ) {
      const { length, columns: held } = this.view(position, room - (position % room));
      columns.forEach((column, index) => {
        column.set(held[index] as NumberColumn, position % room);
      });
      position += length;
    }
    this.#room = room;
    this.#columns = columns;
    this.#times = timesOf(columns, this.#fields);
  }
}

function timesOf(columns: readonly NumberColumn[], fields: readonly Atomic[]): Float64Array {
  const [times] = columns;
  if (times instanceof Float64Array) return times;
  throw new Error(`row log: expected a Float64 time as the first column, found ${fields[0]?.type ?? 'none'}`);
}

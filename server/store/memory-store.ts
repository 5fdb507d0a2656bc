// Holds rows in one bounded ring of typed-array columns.

import { type Atomic, type Batch, type NumberColumn, newColumn } from '../../dap/protocol.ts';
import type { PositionedRows, RowStore, StoreBounds, StoreStatus } from './row-store.ts';
import { extentOf, spansOf, type TimeSpan } from './time-extent.ts';
import type { UnfixedSpan } from './unfixed-span.ts';

/** A day of rows: 32 MiB and 24 rows a second at the most. */
export const DEFAULT_BOUNDS: StoreBounds = { rows: 24 * 86_400, bytes: 32 * 1024 * 1024, age: 86_400 };

/** Seconds that are enough beside a history: for a page that shows the last hour, and for clients that reconnect. */
export const AGE_BESIDE_HISTORY = 3600;

/** Rows that the ring has room for at first; it grows by halves up to its bounds. */
export const FIRST_CAPACITY = 4096;

/** The number of rows of these columns that the bounds on rows and bytes allow, and the bytes that a row takes. */
export function memoryCapacity(
  fields: readonly Atomic[],
  bounds: StoreBounds,
): { readonly rows: number; readonly rowBytes: number } {
  const empty = fields.map(field => newColumn(field, 0) as NumberColumn);
  const rowBytes = empty.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
  return { rows: Math.max(1, Math.min(bounds.rows, Math.floor(bounds.bytes / rowBytes))), rowBytes };
}

/** A row store whose rows are all in memory. It forgets the oldest rows when a bound is met. */
export class MemoryStore implements RowStore {
  /** The most rows that it can hold. */
  readonly capacity: number;
  /** Bytes that a row takes. */
  readonly rowBytes: number;
  readonly bounds: StoreBounds;
  readonly #fields: readonly Atomic[];
  readonly #mayTake: (bytes: number) => boolean;
  #columns: NumberColumn[];
  #times: Float64Array;
  /** Rows that the ring has room for now. */
  #room: number;
  #oldest: number;
  #end: number;
  /** The time of the newest row that was forgotten. */
  #forgotten = Number.NEGATIVE_INFINITY;
  #closed = false;

  /**
   * @param fields the numeric columns, `time` first
   * @param start the position of the first row
   * @param mayTake whether it may take further bytes of the memory that it shares with others: it forgets rows where it may not
   */
  constructor(
    fields: readonly Atomic[],
    bounds: StoreBounds = DEFAULT_BOUNDS,
    start = 0,
    mayTake: (bytes: number) => boolean = () => true,
  ) {
    const { rows, rowBytes } = memoryCapacity(fields, bounds);
    this.rowBytes = rowBytes;
    this.capacity = rows;
    this.bounds = bounds;
    this.#oldest = start;
    this.#end = start;
    this.#fields = fields;
    this.#mayTake = mayTake;
    this.#room = Math.min(this.capacity, FIRST_CAPACITY);
    this.#columns = fields.map(field => newColumn(field, this.#room) as NumberColumn);
    this.#times = timesOf(this.#columns, fields);
  }

  get first(): number {
    return this.#oldest;
  }

  get end(): number {
    return this.#end;
  }

  get closed(): boolean {
    return this.#closed;
  }

  get lastTime(): number | undefined {
    return this.#end === this.#oldest ? undefined : this.#timeAt(this.#end - 1);
  }

  get status(): StoreStatus {
    const rows = this.#end - this.#oldest;
    const extent = extentOf(this.spans(this.#oldest, this.#end));
    return {
      rows,
      bytes: this.#room * this.rowBytes,
      bounds: { ...this.bounds, rows: this.capacity },
      ...(rows > 0 ? { firstTime: this.#timeAt(this.#oldest) } : {}),
      ...(extent === undefined ? {} : { extent }),
    };
  }

  get unfixed(): readonly UnfixedSpan[] {
    const to = this.#forgotten;
    return to > Number.NEGATIVE_INFINITY ? [{ from: Number.NEGATIVE_INFINITY, to, reason: 'gone' }] : [];
  }

  /** The spans of the rows in memory from one position to before another. */
  spans(from: number, to: number): readonly TimeSpan[] {
    return spansOf(position => this.#timeAt(position), Math.max(from, this.#oldest), Math.min(to, this.#end));
  }

  append(batch: Batch): void {
    for (let row = 0; row < batch.length; row += 1) {
      if (this.#end - this.#oldest === this.#room && this.#room < this.capacity) this.#growIfAllowed();
      if (this.#end - this.#oldest === this.#room) this.#forget();
      const slot = this.#end % this.#room;
      for (let index = 0; index < this.#columns.length; index += 1) {
        this.#columns[index]![slot] = (batch.columns[index] as NumberColumn)[row]!;
      }
      this.#end += 1;
    }
    const horizon = (this.lastTime ?? 0) - this.bounds.age;
    while (this.#oldest < this.#end - 1 && this.#timeAt(this.#oldest) < horizon) this.#forget();
  }

  /** Forgets the rows before a position. */
  forgetBefore(position: number): void {
    while (this.#oldest < Math.min(this.#end, position)) this.#forget();
  }

  view(position: number, most: number): Batch {
    const slot = position % this.#room;
    const held = position < this.#oldest ? 0 : this.#end - position;
    const length = Math.max(0, Math.min(most, held, this.#room - slot));
    return { length, columns: this.#columns.map(column => column.subarray(slot, slot + length)) };
  }

  load(position: number): Promise<PositionedRows> {
    return Promise.reject(
      new Error(
        `expected the position of a row in memory (${this.#oldest} to ${this.#end - 1}), found ${position}`,
      ),
    );
  }

  find(time: number, isIncluded: boolean): number {
    let low = this.#oldest;
    let high = this.#end;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      const found = this.#timeAt(middle);
      if (isIncluded ? found < time : found <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  async close(): Promise<void> {
    this.#closed = true;
  }

  #forget(): void {
    this.#forgotten = Math.max(this.#forgotten, this.#timeAt(this.#oldest));
    this.#oldest += 1;
  }

  #timeAt(position: number): number {
    return this.#times[position % this.#room]!;
  }

  #growIfAllowed(): void {
    const room = Math.min(this.capacity, Math.ceil(this.#room * 1.5));
    if (this.#mayTake((room - this.#room) * this.rowBytes)) this.#grow(room);
  }

  /** Makes room for more rows, and moves the rows there to their new slots, which depend on the room. */
  #grow(room: number): void {
    const columns = this.#fields.map(field => newColumn(field, room) as NumberColumn);
    for (let position = this.#oldest; position < this.#end; ) {
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
  throw new Error(
    `row store: expected a Float64 time as the first column, found ${fields[0]?.type ?? 'none'}`,
  );
}

// Where do a dataset's rows stay while readers come for them? In one bounded ring of typed-array columns.

import { type Atomic, type Batch, type NumberColumn, newColumn } from '../../dap/index.ts';

/** How much of the past a log keeps; whichever bound is met first holds. */
export interface LogBounds {
  readonly rows: number;
  readonly bytes: number;
}

/** A day at one row a second, and at most 32 MB a dataset. */
export const DEFAULT_BOUNDS: LogBounds = { rows: 86_400, bytes: 32 * 1024 * 1024 };

/**
 * Rows in the order of their time, strictly increasing in the first column (Float64, seconds since 1970). A row has a
 * position, counted from 0 since the log began, which it keeps for ever; the log holds positions `first` to `end - 1`
 * and forgets the oldest when it is full. One writer, any number of readers, each with a position of its own.
 */
export class RowLog {
  readonly capacity: number;
  private readonly columns: readonly NumberColumn[];
  private readonly times: Float64Array;
  private readonly waiting = new Set<() => void>();
  private count = 0;
  private ended = false;

  /** `fields`: the numeric columns, `time` first. */
  constructor(fields: readonly Atomic[], bounds: LogBounds = DEFAULT_BOUNDS) {
    const empty = fields.map(field => newColumn(field, 0) as NumberColumn);
    const rowBytes = empty.reduce((sum, column) => sum + column.BYTES_PER_ELEMENT, 0);
    this.capacity = Math.max(1, Math.min(bounds.rows, Math.floor(bounds.bytes / rowBytes)));
    this.columns = fields.map(field => newColumn(field, this.capacity) as NumberColumn);
    const [times] = this.columns;
    if (!(times instanceof Float64Array)) {
      throw new Error(`row log: expected a Float64 time as the first column, found ${fields[0]?.type}`);
    }
    this.times = times;
  }

  /** The position of the oldest row still held. */
  get first(): number {
    return Math.max(0, this.count - this.capacity);
  }

  /** The position that the next row will get. */
  get end(): number {
    return this.count;
  }

  /** True once no row can come any more. */
  get closed(): boolean {
    return this.ended;
  }

  /** The time of the newest row, in seconds since 1970; undefined before the first. */
  get lastTime(): number | undefined {
    return this.count === 0 ? undefined : this.times[(this.count - 1) % this.capacity];
  }

  /** Adds rows and wakes every reader that waits. Costs the rows, whatever the log holds. */
  append(batch: Batch): void {
    for (let row = 0; row < batch.length; row += 1) {
      const slot = this.count % this.capacity;
      for (let index = 0; index < this.columns.length; index += 1) {
        this.columns[index]![slot] = (batch.columns[index] as NumberColumn)[row]!;
      }
      this.count += 1;
    }
    this.wake();
  }

  /**
   * Up to `most` rows from `position` on, as views into the ring: encode them before the event loop turns, for later
   * rows overwrite them. Length 0 where there is no row yet.
   */
  view(position: number, most: number): Batch {
    const slot = position % this.capacity;
    const length = Math.max(0, Math.min(most, this.count - position, this.capacity - slot));
    return { length, columns: this.columns.map(column => column.subarray(slot, slot + length)) };
  }

  /** The position of the oldest row held whose time is at or after `time`; `end` where there is none. */
  find(time: number): number {
    let low = this.first;
    let high = this.count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.times[middle % this.capacity]! < time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Waits until a row at `position` is there, the log is closed, or `signal` is aborted; never rejects. */
  async reached(position: number, signal: AbortSignal): Promise<void> {
    if (position < this.count || this.ended || signal.aborted) return;
    await new Promise<void>(resolve => {
      const done = () => {
        this.waiting.delete(done);
        signal.removeEventListener('abort', done);
        resolve();
      };
      this.waiting.add(done);
      signal.addEventListener('abort', done);
    });
  }

  /** Says that no row will come any more; readers end once they have read what is held. */
  close(): void {
    this.ended = true;
    this.wake();
  }

  private wake(): void {
    for (const done of [...this.waiting]) done();
  }
}

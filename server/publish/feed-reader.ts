// Reads the rows of a dataset behind a time, piece by piece, and counts those that the dataset has lost meanwhile.

import { type NumberColumn, type Plan, parseConstraint, planConstraint } from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Cursor, RowSlice } from '../store/cursor.ts';
import type { SinkRows } from './sink.ts';

/** Rows of this start whose times are not after those that the receiver has. */
export interface EarlyRows {
  readonly rows: number;
  /** The time of the last of them, in seconds since 1970. */
  readonly time: number;
}

export interface FeedReaderOptions {
  /** The time of the last row that the receiver has, in seconds since 1970; 0 for none. */
  readonly after: number;
  /** The position of the row that comes next; undefined at the start. */
  readonly expected: number | undefined;
  /** Seconds: at most one row in each of these intervals. */
  readonly interval?: number | undefined;
  /** Receives the number of rows that were lost before they were read. */
  readonly onLost: (rows: number) => void;
  /** Receives the number of rows of this start that are not after those that the receiver has, and that were made before it was read. */
  readonly onUnread: (rows: number) => void;
  /** Receives early rows, and says whether they are wanted all the same. */
  readonly isWanted: (rows: EarlyRows) => boolean;
}

/** Rows that were read, of which some may be left out by the interval. */
export interface ReadRows {
  /** The rows to send; undefined for none. */
  readonly rows: SinkRows | undefined;
  /** The time of the last row that was read, and the position behind it. */
  readonly lastTime: number;
  readonly end: number;
}

/** The most rows that are read together: other readers have their turn between. */
const READ_ROWS = 4096;

export class FeedReader {
  readonly #dataset: Dataset;
  readonly #options: FeedReaderOptions;
  #cursor: Cursor;
  #last: number;
  #expected: number | undefined;
  /** The position of the first row that was made since the dataset was opened. */
  readonly #made: number;
  /** The position of the oldest row when rows were found to be lost last. */
  #reopenedAt: number | undefined;

  constructor(dataset: Dataset, options: FeedReaderOptions) {
    this.#dataset = dataset;
    this.#options = options;
    this.#last = options.after > 0 ? options.after : Number.NEGATIVE_INFINITY;
    this.#made = dataset.end - dataset.status().rows;
    this.#expected = options.expected;
    this.#cursor = dataset.open(this.#plan());
  }

  get ended(): boolean {
    return this.#cursor.ended;
  }

  get failed(): boolean {
    return this.#cursor.failed;
  }

  /** True after every row that the dataset has now. */
  get isCaughtUp(): boolean {
    return (this.#expected ?? 0) >= this.#dataset.end || this.#cursor.earliest !== undefined;
  }

  /** The next rows; undefined where none is at hand now. */
  next(most: number): ReadRows | undefined {
    // Rows that memory has forgotten are counted here, and not as those of a slow client.
    const { first } = this.#cursor;
    if (this.#expected !== undefined && first > this.#expected && first !== this.#reopenedAt) {
      // The rows that come next may have to be loaded, which the cursor of before would do in vain.
      this.#reopenedAt = first;
      this.#reopen();
    }
    const slice = this.#cursor.next(Math.min(READ_ROWS, most));
    if (slice === undefined || !('batch' in slice)) return undefined;
    return this.#take(slice);
  }

  /** Calls `wake` once, when there may be more. */
  wait(wake: () => void): void {
    this.#cursor.wait(wake);
  }

  close(): void {
    this.#cursor.close();
  }

  #reopen(): void {
    this.#cursor.close();
    this.#cursor = this.#dataset.open(this.#plan());
  }

  #plan(): Plan {
    const constraint = parseConstraint(`&time>${Math.max(0, this.#last)}`);
    return planConstraint(constraint, this.#dataset.model, { now: Date.now() / 1000 });
  }

  #take({ batch, position = 0 }: RowSlice): ReadRows {
    const times = batch.columns[0] as Float64Array;
    const { length } = batch;
    const end = position + length;
    const expected = this.#expected ?? position;
    if (position > expected) this.#options.onLost(position - expected);
    else if (this.#expected === undefined && position > this.#made)
      this.#options.onUnread(position - this.#made);
    // A history may begin before the time that it is asked for.
    let from = Math.min(length, Math.max(0, expected - position));
    const known = this.#expected ?? this.#made;
    this.#expected = Math.max(expected, end);
    const early = this.#earlyRows(times, from, length);
    const own = Math.min(early, end - Math.max(known, position + from));
    if (own > 0 && this.#options.isWanted({ rows: own, time: times[from + early - 1]! })) {
      from += early - own;
      this.#last = Number.NEGATIVE_INFINITY;
    } else from += early;
    const picked = this.#picked(times, from, length);
    if (from < length) this.#last = times[length - 1]!;
    return {
      rows: picked.length === 0 ? undefined : rowsAt(batch.columns as NumberColumn[], picked, position),
      lastTime: this.#last,
      end,
    };
  }

  /** The number of rows from `from` on that are not after the last one. */
  #earlyRows(times: Float64Array, from: number, to: number): number {
    let row = from;
    while (row < to && times[row]! <= this.#last) row += 1;
    return row - from;
  }

  /** The rows to send: all, or the first one of each interval. */
  #picked(times: Float64Array, from: number, to: number): readonly number[] {
    const { interval } = this.#options;
    const picked: number[] = [];
    let last = this.#last;
    for (let row = from; row < to; row += 1) {
      const time = times[row]!;
      if (interval === undefined || Math.floor(time / interval) > Math.floor(last / interval))
        picked.push(row);
      last = time;
    }
    return picked;
  }
}

function rowsAt(columns: readonly NumberColumn[], rows: readonly number[], position: number): SinkRows {
  return {
    batch: {
      length: rows.length,
      columns: columns.map(column => {
        const kind = column.constructor as new (length: number) => NumberColumn;
        const copy = new kind(rows.length);
        for (const [index, row] of rows.entries()) copy[index] = column[row]!;
        return copy;
      }),
    },
    positions: Float64Array.from(rows, row => position + row),
  };
}

// Reads columns of a stretch of rows in pieces: rows in memory at once, other rows when they have been loaded.

import { setImmediate as turn } from 'node:timers/promises';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import type { PositionedRows, RowStore } from './row-store.ts';

/** The rows `first`, `first + stride` and so on: `count` rows, by their positions in a store. */
export interface PositionRange {
  readonly first: number;
  readonly stride: number;
  readonly count: number;
}

/** Rows of the stretch are not in the store any more, because they were forgotten or deleted while it was read. */
export class RowsGone extends Error {
  override readonly name = 'RowsGone';

  constructor(position: number) {
    super(`the row at position ${position} was forgotten while it was to be read`);
  }
}

/** Nothing in it blocks: `wait` calls back. */
export class StretchReader {
  readonly #store: Pick<RowStore, 'first' | 'view' | 'load'>;
  readonly #columns: readonly number[];
  readonly #range: PositionRange;
  readonly #onLoadFailure: (error: unknown) => void;
  #taken = 0;
  /** Rows that are to be loaded; 0 for none. */
  #wanted = 0;
  #isLoading = false;
  #loaded: PositionedRows | undefined;
  #error: unknown;
  #wake: (() => void) | undefined;

  /**
   * @param columns the indices of the columns
   * @param onLoadFailure receives the error of a disk
   */
  constructor(
    store: Pick<RowStore, 'first' | 'view' | 'load'>,
    columns: readonly number[],
    range: PositionRange,
    onLoadFailure: (error: unknown) => void = () => {},
  ) {
    this.#onLoadFailure = onLoadFailure;
    this.#store = store;
    this.#columns = columns;
    this.#range = range;
  }

  /** True after the last row. */
  get isDone(): boolean {
    return this.#taken === this.#range.count;
  }

  /** Why the rows that are missing will not come: a `RowsGone`, or the error of a disk. Undefined while they may. */
  get error(): unknown {
    return this.#error;
  }

  /**
   * The values of the next rows, `most` rows at the most, one array for each column; undefined where none is at hand now. The arrays may
   * be views into the store: use them before the event loop turns, and do not change them.
   */
  next(most: number): readonly NumberColumn[] | undefined {
    const { first, stride, count } = this.#range;
    if (this.isDone || this.#isLoading || this.#error !== undefined) return undefined;
    const position = first + this.#taken * stride;
    const rows = (Math.min(most, count - this.#taken) - 1) * stride + 1;
    const batch = this.#inLoaded(position, rows) ?? this.#store.view(position, rows);
    if (batch.length === 0) {
      this.#wanted = rows;
      return undefined;
    }
    this.#taken += Math.ceil(batch.length / stride);
    return this.#columns.map(index => everyNth(batch.columns[index] as NumberColumn, stride));
  }

  /** Calls `wake` once, after `next` gave nothing: when it has rows, or when `error` says why not; never from within this call. */
  wait(wake: () => void): void {
    this.#wake = wake;
    if (!this.#isLoading) void this.#load();
  }

  /** Calls back no more. */
  close(): void {
    this.#wake = undefined;
    this.#loaded = undefined;
  }

  /** The rows from a position on that have been loaded; undefined if the first of them has not. */
  #inLoaded(position: number, most: number): Batch | undefined {
    if (this.#loaded === undefined) return undefined;
    const { position: start, batch } = this.#loaded;
    const from = position - start;
    if (from >= batch.length) {
      this.#loaded = undefined;
      return undefined;
    }
    const to = Math.min(batch.length, from + most);
    const columns = batch.columns.map(column => (column as NumberColumn).subarray(from, to));
    return { length: to - from, columns };
  }

  /** Does not reject. */
  async #load(): Promise<void> {
    const { first, stride } = this.#range;
    const position = first + this.#taken * stride;
    this.#isLoading = true;
    try {
      if (position < this.#store.first) throw new RowsGone(position);
      const loaded = await this.#store.load(position, this.#wanted, this.#columns);
      if (loaded.position !== position || loaded.batch.length === 0) throw new RowsGone(position);
      this.#loaded = loaded;
    } catch (error) {
      this.#error = position < this.#store.first ? new RowsGone(position) : error;
      if (!(this.#error instanceof RowsGone)) this.#onLoadFailure(error);
    }
    this.#isLoading = false;
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }
}

/** Milliseconds for which pieces may follow one another before the event loop turns. */
const LONGEST_RUN = 4;

/**
 * The pieces of a reader, `most` rows each at the most, as an async sequence; it rejects where the reader has an error. Each piece is
 * valid until the next one is asked for, and until the event loop turns.
 */
export async function* piecesOf(
  reader: StretchReader,
  most: number,
): AsyncGenerator<readonly NumberColumn[], void, undefined> {
  let begun = performance.now();
  try {
    while (!reader.isDone) {
      const piece = reader.next(most);
      if (piece !== undefined) yield piece;
      else if (reader.error !== undefined) throw reader.error;
      else await new Promise<void>(resolve => reader.wait(resolve));
      if (performance.now() - begun < LONGEST_RUN) continue;
      await turn();
      begun = performance.now();
    }
  } finally {
    reader.close();
  }
}

function everyNth(column: NumberColumn, stride: number): NumberColumn {
  if (stride === 1) return column;
  const kind = column.constructor as new (length: number) => NumberColumn;
  const picked = new kind(Math.ceil(column.length / stride));
  for (let index = 0; index < picked.length; index += 1) picked[index] = column[index * stride]!;
  return picked;
}

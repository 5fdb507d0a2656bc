// Reads a row store from a position on: rows in memory at once, other rows when they have been loaded.

import type { Announcer } from './announcer.ts';
import type { Cursor, RowSlice } from './cursor.ts';
import type { PositionedRows, RowStore } from './row-store.ts';
import { sliceOf } from './slice.ts';

/** The owner of a store: tells its cursors how far the rows are, and receives their reports. */
export interface StoreReaders {
  /** Seconds since 1970: no row to come has a time before this. */
  readonly earliest: number;
  /** Why no row will come any more, unless it was stopped on purpose. */
  readonly failure?: string | undefined;
  /** Receives the number of rows that the store lost before a reader came to them. */
  onOverrun(missed: number): void;
  /** Receives the error of rows that could not be loaded; their reader ends there. */
  onLoadFailure(error: unknown): void;
}

/** A reader whose next rows have been lost goes on with the oldest row that is left. */
export class StoreCursor implements Cursor {
  readonly #store: RowStore;
  readonly #announcer: Announcer;
  readonly #readers: StoreReaders;
  readonly #columns: readonly number[] | undefined;
  #position: number;
  #wake: (() => void) | undefined;
  #wakeLoaded: (() => void) | undefined;
  /** Rows that are to be loaded: those up to the end of the block that `next` was asked for last. */
  #wanted = 0;
  #isLoading = false;
  #loaded: PositionedRows | undefined;
  #hasLoadFailed = false;
  #isClosed = false;

  /** @param columns the indices of the columns that the reader needs; by default all. Others may be empty. */
  constructor(
    store: RowStore,
    announcer: Announcer,
    position: number,
    readers: StoreReaders,
    columns?: readonly number[],
  ) {
    this.#store = store;
    this.#announcer = announcer;
    this.#position = position;
    this.#readers = readers;
    this.#columns = columns;
  }

  get ended(): boolean {
    return this.#hasLoadFailed || (this.#store.closed && this.#position >= this.#store.end);
  }

  get failed(): boolean {
    return this.#hasLoadFailed || this.#readers.failure !== undefined;
  }

  get earliest(): number | undefined {
    // Rows that have still to be loaded come before those that have still to be made.
    return this.#position < this.#store.end ? undefined : this.#readers.earliest;
  }

  get first(): number {
    return this.#store.first;
  }

  next(most: number): RowSlice | undefined {
    const store = this.#store;
    if (this.#isLoading) return undefined;
    if (this.#loaded !== undefined && this.#loaded.batch.length > 0)
      return this.#takeLoaded(this.#loaded, most);
    if (this.#loaded !== undefined) {
      this.#skipTo(this.#loaded.position);
      this.#loaded = undefined;
    }
    if (this.#position < store.first) this.#skipTo(store.first);
    if (this.#position >= store.end) return undefined;
    const position = this.#position;
    const wanted = untilBlockEnd(position, most);
    const batch = store.view(position, wanted);
    if (batch.length === 0) {
      this.#wanted = wanted;
      return undefined;
    }
    this.#position += batch.length;
    return { batch, position, more: this.#position < store.end };
  }

  wait(wake: () => void, loaded = wake): void {
    this.#wake = wake;
    this.#wakeLoaded = loaded;
    if (this.#isLoading) return;
    if (this.#wanted > 0) void this.#load(this.#wanted);
    else this.#announcer.wait(wake);
  }

  close(): void {
    if (this.#wake !== undefined) this.#announcer.forget(this.#wake);
    this.#wake = undefined;
    this.#wakeLoaded = undefined;
    this.#loaded = undefined;
    this.#isClosed = true;
  }

  #skipTo(position: number): void {
    this.#readers.onOverrun(position - this.#position);
    this.#position = position;
  }

  /** Does not reject. */
  async #load(most: number): Promise<void> {
    this.#isLoading = true;
    this.#wanted = 0;
    try {
      const rows = await this.#store.load(this.#position, most, this.#columns);
      if (!this.#isClosed) this.#loaded = rows;
    } catch (error) {
      // Rows that are lost by now are an overrun.
      if (!this.#isClosed && this.#position >= this.#store.first) {
        this.#hasLoadFailed = true;
        this.#readers.onLoadFailure(error);
      }
    }
    this.#isLoading = false;
    this.#wakeLoaded?.();
  }

  /** Gives the loaded rows, up to the end of a block; a next load gives the rest. */
  #takeLoaded({ position, batch }: PositionedRows, most: number): RowSlice {
    this.#loaded = undefined;
    if (position > this.#position) this.#skipTo(position);
    const room = untilBlockEnd(position, most);
    const taken = batch.length > room ? sliceOf(batch, 0, room) : batch;
    this.#position += taken.length;
    return { batch: taken, position, more: this.#position < this.#store.end };
  }
}

/** The rows from a position, which may be negative, to the end of its block. */
function untilBlockEnd(position: number, blockRows: number): number {
  return (Math.floor(position / blockRows) + 1) * blockRows - position;
}

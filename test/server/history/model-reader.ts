// Reads a store from positions on, with pauses, and compares each row with the row that was kept.

import type { NumberColumn } from '../../../dap/index.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import type { RowStore } from '../../../server/store/row-store.ts';
import type { KeptRows } from './kept-rows.ts';

interface ModelReaderOptions {
  readonly store: RowStore;
  readonly kept: KeptRows;
  readonly columns: readonly FileColumn[];
  readonly position: number;
  /** Rows that it takes at once. */
  readonly most: number;
}

class ModelReader {
  readonly #options: ModelReaderOptions;
  #position: number;
  #isPaused = false;
  #isStopped = false;
  #reading: Promise<void> | undefined;
  #failure: unknown;

  constructor(options: ModelReaderOptions) {
    this.#options = options;
    this.#position = options.position;
  }

  /** Reads up to the end of the store, beside all else. */
  start(): void {
    this.#reading ??= this.#readAll()
      .catch((error: unknown) => {
        this.#failure = error;
      })
      .finally(() => {
        this.#reading = undefined;
      });
  }

  pause(isPaused: boolean): void {
    this.#isPaused = isPaused;
  }

  stop(): void {
    this.#isStopped = true;
  }

  /** Rejects if a row was wrong, or if it did not come to the end. */
  async settled(): Promise<void> {
    await this.#reading;
    if (this.#failure !== undefined) throw this.#failure;
    const { end } = this.#options.store;
    if (!this.#isPaused && !this.#isStopped && this.#position !== end)
      throw new Error(`expected a reader at ${end}, found it at ${this.#position}`);
  }

  async #readAll(): Promise<void> {
    const { store, most } = this.#options;
    while (!this.#isStopped && !this.#isPaused && this.#position < store.end) {
      const view = store.view(this.#position, most);
      const { position, batch } =
        view.length > 0 ? { position: this.#position, batch: view } : await store.load(this.#position, most);
      this.#take(position, batch.length, batch.columns as NumberColumn[]);
    }
  }

  #take(position: number, length: number, columns: readonly NumberColumn[]): void {
    const { kept, store, most } = this.#options;
    const isEnd = length === 0 && position === store.end;
    if ((length < 1 && !isEnd) || length > most || position < this.#position)
      throw new Error(`got ${length} of ${most} rows at ${position}, at ${this.#position}`);
    // Rows before the first one have been deleted.
    const [missed] = kept.expected(Math.max(this.#position, store.first), position);
    if (missed !== undefined) throw new Error(`expected the row at ${missed[0]}, got ${position}`);
    for (let row = 0; row < length; row += 1)
      kept.compare(
        position + row,
        this.#options.columns,
        columns.map(column => column[row]!),
      );
    this.#position = position + length;
  }
}

/** Any number of readers. */
export class ModelReaders {
  #readers: ModelReader[] = [];

  add(options: ModelReaderOptions): void {
    this.#readers.push(new ModelReader(options));
  }

  start(): void {
    for (const reader of this.#readers) reader.start();
  }

  pause(which: number, isPaused: boolean): void {
    this.#readers[which % this.#readers.length]?.pause(isPaused);
  }

  /** Rejects as `ModelReader.settled`. */
  async settled(): Promise<void> {
    await Promise.all(this.#readers.map(reader => reader.settled()));
  }

  /** Ends all of them. Rejects if a row was wrong. */
  async stop(): Promise<void> {
    for (const reader of this.#readers) reader.stop();
    await this.settled();
    this.#readers = [];
  }
}

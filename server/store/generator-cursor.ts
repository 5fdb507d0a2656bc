// Reads a generator that makes rows for one reader, as fast as that reader takes them.

import type { Batch } from '../../dap/protocol.ts';
import type { RowBatches } from '../source/row-source.ts';
import type { Cursor, RowSlice } from './cursor.ts';
import { sliceOf } from './slice.ts';

/** Receives the news of one reader's generator. */
export interface GeneratorEvents {
  /** Receives the number of rows that were made. */
  onRows(rows: number): void;
  /** Receives the error that the generator threw. */
  onFailure(error: unknown): void;
}

export class GeneratorCursor implements Cursor {
  ended = false;
  failed = false;
  readonly earliest = undefined;
  readonly first = 0;
  readonly #rows: RowBatches;
  readonly #events: GeneratorEvents;
  readonly #stop: AbortController;
  /** The last batch that was made, and the rows of it that have not been taken yet. */
  #whole: Batch | undefined;
  #batch: Batch | undefined;
  #closed = false;

  /** `stop` ends the generator, also while it waits. */
  constructor(rows: RowBatches, stop: AbortController, events: GeneratorEvents) {
    this.#rows = rows;
    this.#events = events;
    this.#stop = stop;
  }

  next(most: number): RowSlice | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    if (batch.length <= most) {
      this.#batch = undefined;
      return { batch, more: false };
    }
    this.#batch = sliceOf(batch, most, batch.length);
    return { batch: sliceOf(batch, 0, most), more: true };
  }

  wait(wake: () => void, loaded = wake): void {
    const done = () => {
      if (!this.#closed) loaded();
    };
    // All of the last batch has been taken, and what was taken has been used.
    this.#rows.next(this.#whole).then(
      result => {
        if (result.done) this.ended = true;
        else {
          this.#batch = this.#whole = result.value;
          this.#events.onRows(result.value.length);
        }
        done();
      },
      error => {
        this.ended = true;
        this.failed = true;
        this.#events.onFailure(error);
        done();
      },
    );
  }

  close(): void {
    this.#closed = true;
    this.#stop.abort();
    void this.#rows.return(undefined).catch(() => undefined);
  }
}

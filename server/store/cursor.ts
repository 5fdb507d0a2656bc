// How does one reader go through rows that are there, and hear of those that are not yet?

import type { Batch } from '../../dap/index.ts';
import type { Rows } from '../../device/index.ts';
import type { Announcer } from './announcer.ts';
import type { RowLog } from './row-log.ts';

/** Rows of a source, and the position of the first of them, where the source is a log. */
export interface Taken {
  readonly batch: Batch;
  readonly position?: number;
  /** True where more rows are there now. */
  readonly more: boolean;
}

/** One reader's place in an endless run of rows. Nothing in it waits: `wait` calls back. */
export interface Cursor {
  /**
   * The next rows of the source, `most` at the most, all columns; undefined where none is there now. They may be views into a log:
   * use them before the event loop turns. Rows of a log are cut at the positions that are multiples of `most`, so that readers who
   * ask alike get them in the same blocks, wherever they began.
   */
  next(most: number): Taken | undefined;
  /** True where no row will come any more. */
  readonly ended: boolean;
  /** True where the source broke: rows are missing that it should have given. */
  readonly failed: boolean;
  /** Seconds since 1970: no row to come has a time before this. Undefined where the source's time is its own. */
  readonly earliest: number | undefined;
  /** The position of the oldest row that the source still has; 0 where it has no positions. */
  readonly first: number;
  /** Calls `wake` once, when there are rows or the source has ended; never from within this call. */
  wait(wake: () => void): void;
  /** Gives up what the cursor holds; it calls back no more. */
  close(): void;
}

/** What a reader of a log has to know of whoever writes it. */
export interface LogSource {
  /** Seconds since 1970: no row to come has a time before this. */
  readonly earliest: number;
  /** Why no row will come any more, where nobody stopped it. */
  readonly failure?: string | undefined;
  /** Told how many rows the log forgot before a reader came to them. */
  onOverrun(missed: number): void;
}

/** Reads a log from a position on. A reader that the log overtook goes on with the oldest row that is left. */
export class LogCursor implements Cursor {
  readonly #log: RowLog;
  readonly #announcer: Announcer;
  readonly #source: LogSource;
  #position: number;
  #wake: (() => void) | undefined;

  constructor(log: RowLog, announcer: Announcer, position: number, source: LogSource) {
    this.#log = log;
    this.#announcer = announcer;
    this.#position = position;
    this.#source = source;
  }

  get ended(): boolean {
    return this.#log.closed && this.#position >= this.#log.end;
  }

  get failed(): boolean {
    return this.#source.failure !== undefined;
  }

  get earliest(): number {
    return this.#source.earliest;
  }

  get first(): number {
    return this.#log.first;
  }

  next(most: number): Taken | undefined {
    const { first } = this.#log;
    if (this.#position < first) {
      this.#source.onOverrun(first - this.#position);
      this.#position = first;
    }
    if (this.#position >= this.#log.end) return undefined;
    const position = this.#position;
    const batch = this.#log.view(position, most - (position % most));
    this.#position += batch.length;
    return { batch, position, more: this.#position < this.#log.end };
  }

  wait(wake: () => void): void {
    this.#wake = wake;
    this.#announcer.wait(wake);
  }

  close(): void {
    if (this.#wake !== undefined) this.#announcer.forget(this.#wake);
  }
}

/** Whoever has a generator made for a reader. */
export interface GeneratorSource {
  /** Told how many rows were made. */
  onRows(rows: number): void;
  /** Told what the generator threw. */
  onFailure(error: unknown): void;
}

/** Reads a generator of its own, one that makes rows as they are asked for. */
export class GeneratorCursor implements Cursor {
  ended = false;
  failed = false;
  readonly earliest = undefined;
  readonly first = 0;
  readonly #rows: Rows;
  readonly #source: GeneratorSource;
  readonly #stop: AbortController;
  /** The last batch that was made, and what of it has not been taken yet. */
  #whole: Batch | undefined;
  #batch: Batch | undefined;
  #closed = false;

  /** `stop` ends the generator, also while it waits. */
  constructor(rows: Rows, stop: AbortController, source: GeneratorSource) {
    this.#rows = rows;
    this.#source = source;
    this.#stop = stop;
  }

  next(most: number): Taken | undefined {
    const batch = this.#batch;
    if (batch === undefined) return undefined;
    if (batch.length <= most) {
      this.#batch = undefined;
      return { batch, more: false };
    }
    this.#batch = cut(batch, most, batch.length);
    return { batch: cut(batch, 0, most), more: true };
  }

  wait(wake: () => void): void {
    const done = () => {
      if (!this.#closed) wake();
    };
    // All of the last batch has been taken, and what was taken has been used.
    this.#rows.next(this.#whole).then(
      result => {
        if (result.done) this.ended = true;
        else {
          this.#batch = this.#whole = result.value;
          this.#source.onRows(result.value.length);
        }
        done();
      },
      error => {
        this.ended = true;
        this.failed = true;
        this.#source.onFailure(error);
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

function cut(batch: Batch, from: number, to: number): Batch {
  const columns = batch.columns.map(column =>
    Array.isArray(column) ? (column.slice(from, to) as string[]) : column.subarray(from, to),
  );
  return { length: to - from, columns };
}

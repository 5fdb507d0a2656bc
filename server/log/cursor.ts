// How does one reader go through rows that are there, and wait for those that are not?

import type { Batch } from '../../dap/index.ts';
import type { RowLog } from './row-log.ts';

/**
 * One reader's place in an endless run of rows. `next` never waits, so that rows which are views into a log are used
 * before the log moves on; `more` waits.
 */
export interface Cursor {
  /** The next rows of the source, all columns; undefined where none is there now. */
  next(): Batch | undefined;
  /** Waits for rows: true when `next` may have some, false when none will come any more or `signal` is aborted. */
  more(signal: AbortSignal): Promise<boolean>;
  /** Gives up whatever the cursor holds. */
  close(): Promise<void>;
}

/** Rows handed on in one piece: enough to fill a socket's buffer, few enough to leave the event loop to others. */
const ROWS_AT_ONCE = 4096;

/** Reads a log from a position on. A reader that the log overtook goes on with the oldest row that is left. */
export class LogCursor implements Cursor {
  /** Rows that the log forgot before this reader came to them. */
  missed = 0;
  private readonly log: RowLog;
  private position: number;

  constructor(log: RowLog, position: number) {
    this.log = log;
    this.position = position;
  }

  next(): Batch | undefined {
    const { first } = this.log;
    if (this.position < first) {
      this.missed += first - this.position;
      this.position = first;
    }
    const batch = this.log.view(this.position, ROWS_AT_ONCE);
    this.position += batch.length;
    return batch.length === 0 ? undefined : batch;
  }

  async more(signal: AbortSignal): Promise<boolean> {
    await this.log.reached(this.position, signal);
    return !signal.aborted && this.position < this.log.end;
  }

  async close(): Promise<void> {}
}

/** Reads a generator of its own, one that makes rows as they are asked for. */
export class GeneratorCursor implements Cursor {
  private readonly rows: AsyncGenerator<Batch>;
  private readonly release: () => void;
  private batch: Batch | undefined;

  /** `release` is called once the generator has ended. */
  constructor(rows: AsyncGenerator<Batch>, release: () => void) {
    this.rows = rows;
    this.release = release;
  }

  next(): Batch | undefined {
    const { batch } = this;
    this.batch = undefined;
    return batch;
  }

  async more(signal: AbortSignal): Promise<boolean> {
    const { value, done } = await this.rows.next();
    if (done || signal.aborted) return false;
    this.batch = value;
    return true;
  }

  async close(): Promise<void> {
    await this.rows.return(undefined);
    this.release();
  }
}

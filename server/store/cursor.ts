// Defines a cursor: one reader's place in an endless run of rows.

import type { Batch, SummarisedRows } from '../../dap/protocol.ts';

/** Rows of a source, and the position of the first of them where the source has positions. */
export interface RowSlice {
  readonly batch: Batch;
  readonly position?: number;
  /** The position from which rows were asked for, in the first slice behind rows that the plan does not need or has as summaries. */
  readonly askedFrom?: number;
  /** True where more rows exist now. */
  readonly more: boolean;
}

/** Summaries in place of the next rows, for a plan that can use them. */
export interface SummarySlice {
  readonly summaries: SummarisedRows;
  readonly more: boolean;
}

/** Nothing in a cursor blocks: `wait` calls back. */
export interface Cursor {
  /**
   * The next rows of the source, `most` at the most; undefined where none is at hand now. Columns that the reader did not ask for may be
   * empty. The rows may be views into a store: use them before the event loop turns. Rows of a store are cut at the positions that are
   * multiples of `most`, so that readers with the same `most` get the same blocks, wherever they began.
   */
  next(most: number): RowSlice | SummarySlice | undefined;
  /** True where `next` will give no row any more. */
  readonly ended: boolean;
  /** True where rows are missing that the source should have given, because it broke. */
  readonly failed: boolean;
  /** Seconds since 1970: no row that `next` may still give has a time before this. Undefined where that is not known. */
  readonly earliest: number | undefined;
  /** The position of the oldest row that the source still has; 0 where it has no positions. */
  readonly first: number;
  /**
   * Calls `wake` once, when `next` has rows or the source has ended; never from within this call. After a load, or when rows were made
   * for this reader alone, it calls `loaded` in its place, by default `wake`: many readers may get their rows at the same moment.
   */
  wait(wake: () => void, loaded?: () => void): void;
  /** Gives up what the cursor holds; it calls back no more. */
  close(): void;
}

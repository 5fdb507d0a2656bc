// Defines a row store: rows by position, of which some are in memory and others may have to be fetched.

import type { Batch, SummarisedRows, SummaryUse, TimeBounds } from '../../dap/protocol.ts';
import type { TimeExtent } from './time-extent.ts';
import type { UnfixedSpan } from './unfixed-span.ts';

/** Bounds on the rows that a store keeps in memory; the first bound that is met holds. */
export interface StoreBounds {
  readonly rows: number;
  readonly bytes: number;
  /** Seconds: rows that are older than the newest row by more than this are forgotten. */
  readonly age: number;
}

/** The state of the rows that a store keeps on the disk. */
export interface HistoryStatus {
  readonly folder: string;
  /** Rows, bytes and files on the disk. */
  readonly rows: number;
  readonly bytes: number;
  readonly files: number;
  /** Rows that are not on the disk yet. */
  readonly unstored: number;
  /** The times of the oldest and of the newest row on the disk, in seconds since 1970. */
  readonly firstTime?: number;
  readonly lastTime?: number;
  /** The time of the newest row that was on the disk before the rows of this start, in seconds since 1970. */
  readonly lastTimeBefore?: number;
  /** When rows were written last, in seconds since 1970. */
  readonly flushedAt?: number;
  /** Why rows can not be written now, and since when, in seconds since 1970. */
  readonly failure?: string;
  readonly failingSince?: number;
  /** Why the parts of past days cannot be merged now. */
  readonly mergeFailure?: string;
  /** Why old files cannot be deleted now. */
  readonly deletionFailure?: string;
  /** Writes, merges and deletions that failed. */
  readonly failures: number;
  /** Rows that were neither stored nor kept in memory, and when the last of them were lost. */
  readonly lost: number;
  readonly lostAt?: number;
  /** Rows that were not stored for their times: not after those of the stored rows, or no whole microseconds. */
  readonly unfit: number;
  /** Since when rows are unfit, in seconds since 1970; undefined once all rows are stored again. */
  readonly unfitSince?: number;
  /** Files that were renamed since the start because their rows cannot be served, and the sentence about the last of them. */
  readonly setAside: number;
  readonly lastSetAside?: { readonly time: number; readonly message: string };
  /** Files that were left as they are, and are not served: of other programs, or with the same rows as others. */
  readonly leftAlone: number;
}

/** What a store holds at this moment, and its limits. */
export interface StoreStatus {
  readonly rows: number;
  /** Bytes of memory that it takes, room for rows to come included. */
  readonly bytes: number;
  /** The oldest row's time in seconds since 1970; undefined where it holds no row. */
  readonly firstTime?: number;
  /** `rows` is the number of rows that the bound on bytes allows as well. */
  readonly bounds: StoreBounds;
  /** The times of all rows that can be read, in memory or not; undefined where there is none. */
  readonly extent?: TimeExtent;
  /** Undefined where rows are kept in memory alone. */
  readonly history?: HistoryStatus;
}

/** Rows, and the position of the first of them. */
export interface PositionedRows {
  readonly position: number;
  readonly batch: Batch;
}

/** Summaries of rows that stand side by side. */
export interface PositionedSummaries {
  readonly summaries: SummarisedRows;
  /** The position of the first row of each stretch, and the position after the last row. */
  readonly positions: Float64Array;
}

/**
 * Rows in the order of their times, which increase strictly in the first column (Float64, seconds since 1970). Each row has a
 * position, a whole number, that it keeps for ever; the first position of a store need not be 0. A store holds the positions
 * `first` to `end - 1`. It has one writer and any number of readers, each at a position of its own.
 *
 * Each row between `first` and `end` is in memory, where `view` gives it at once, or it has to be fetched by `load`. A row may move from
 * memory to where it is fetched from at any time between two calls, and back: a reader asks `view` first, and loads what that lacks.
 */
export interface RowStore {
  /** The position of the oldest row that the store holds, in memory or not. Decreases only if older rows are found on a disk. */
  readonly first: number;
  /** The position that the next row will get. Never decreases. */
  readonly end: number;
  /** The time of the newest row, in seconds since 1970; undefined where there is none. */
  readonly lastTime: number | undefined;
  /** True once no row can come any more. */
  readonly closed: boolean;
  readonly status: StoreStatus;
  /** The spans of time whose rows are not all there, or may still change; a span from minus infinity stands for the oldest rows. */
  readonly unfixed: readonly UnfixedSpan[];
  /**
   * Resolves when the rows of earlier starts can be read, or when they are late, so that writers and readers go on without them.
   * Undefined for a store that has none. Does not reject.
   */
  readonly past?: Promise<void>;
  /**
   * Where a reader begins that wants the rows at and after `time`, or after `time` alone where `isIncluded` is false. No such row stands
   * before the position. It is exact for rows in memory; elsewhere rows before `time` may follow it, which the reader leaves out.
   * @param until no row after this time is wanted: rows of a clock behind the stored rows are found by it, which follow later times
   */
  find(time: number, isIncluded: boolean, until?: number): number;
  /**
   * Up to `most` rows from `position` on, as views into memory: use them before the event loop turns, for later rows overwrite them.
   * Length 0 where the row at `position` is not there, or not in memory.
   */
  view(position: number, most: number): Batch;
  /**
   * Fetches up to `most` rows, one at least, from `position` on, for rows from `first` to `end - 1` that `view` does not give; none,
   * and `end` as their position, if all rows from there on have been lost meanwhile. Their columns with the indices `columns`, by
   * default all, do not change any more, and other readers may get the same arrays; other columns may be empty. The position is greater
   * than the one asked for where the rows before it have been lost meanwhile.
   * Rejects where the rows can not be read now, though they may be there.
   */
  load(position: number, most: number, columns?: readonly number[]): Promise<PositionedRows>;
  /**
   * The next summaries that a function can use instead of rows: of rows at `position` and behind it, whose times all lie within `time`.
   * Undefined if the rows that follow have no summaries; a store may have none at all. Does not reject.
   */
  summaries?(position: number, use: SummaryUse, time: TimeBounds): Promise<PositionedSummaries | undefined>;
  /** Adds rows at the end, into memory. Takes time in proportion to the rows, whatever the store holds. */
  append(batch: Batch): void;
  /**
   * No row comes any more: `closed` is true when this returns. Rows that are there can still be read. Resolves when every row is where
   * it is to stay. Does not reject: `status` shows rows that could not be kept. May be called again.
   */
  close(): Promise<void>;
}

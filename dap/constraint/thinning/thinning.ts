// Declares a function that is bound to columns, and the algorithm that makes its result rows.

import type { Batch } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';
import type { ResultColumn } from './result-column.ts';
import type { SummarisedRows, SummaryUse } from './summarised-rows.ts';

/** A function of a plan, bound to the columns of its Sequence. */
export interface Thinning {
  /** The indices in the source Sequence of the columns that it reads, `time` first. */
  readonly inputs: readonly number[];
  /** The columns that it reads. */
  readonly inputFields: readonly Atomic[];
  /** The columns of a result row. */
  readonly fields: readonly Atomic[];
  /** What these columns are made of, if it summarises; undefined if it gives source rows unchanged. */
  readonly results?: readonly ResultColumn[];
  /** How summaries of rows spare it the rows; undefined if it needs every row. */
  readonly summaries?: SummaryUse;
  /** Begins to thin out the rows of one stream. */
  begin(): RowThinner;
}

/**
 * Reads the next rows of one stream, as the columns `inputs`, and gives the result rows that no later row can change, as the columns
 * `fields`. With `last`, no rows follow, and it gives all remaining result rows.
 */
export interface RowThinner {
  (rows: Batch, last: boolean): Batch;
  /** As the call, for summaries in place of the rows; undefined for a function that gives rows unchanged. */
  readonly summarised?: (rows: SummarisedRows) => Batch;
}

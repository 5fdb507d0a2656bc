// What thins rows out: the columns that it reads and gives, and how it turns the ones into the others.

import type { Batch } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';

/** A function of a plan, bound to the columns of its Sequence. */
export interface Thinning {
  /** The columns that are read: their numbers in the source Sequence, `time` first. */
  readonly inputs: readonly number[];
  /** Those columns. */
  readonly inputFields: readonly Atomic[];
  /** The columns of a result row. */
  readonly fields: readonly Atomic[];
  /** Begins to thin out the rows of one stream. */
  begin(): RowThinner;
}

/**
 * Takes in the rows of one stream in their order, as the columns `inputs`, and gives the result rows that no later row can
 * change any more, as `fields`; with `last`, after which nothing follows, all that are left.
 */
export type RowThinner = (rows: Batch, last: boolean) => Batch;

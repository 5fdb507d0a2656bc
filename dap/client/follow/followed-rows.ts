// Declares the rows that `follow` gives.

import type { Batch } from '../../model/value.ts';
import type { Sequence } from '../../model/variable.ts';

/** Rows as they came: `length` rows, in one column for each field of `sequence`, in the order of the fields. */
export interface FollowedRows extends Batch {
  /** The Sequence as the constraint leaves it; the same object for all rows of one `follow`. */
  readonly sequence: Sequence;
}

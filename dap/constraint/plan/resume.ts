// Makes the constraint that requests the rest of any Sequence after a break, thinned out by a function or not.

import type { Constraint } from '../text/expression.ts';
import { type ResumeOptions, restAfter } from './rest.ts';
import { THINNED } from './thinned-continuation.ts';

/**
 * The constraint for exactly the rows that would have followed without the break, provided that time increases strictly and the
 * server still has the rows.
 *
 * - The clause `time>last` is added at the end, in digits that read back as the same number. Lower bounds on time that it implies are
 *   removed, so that they do not pile up: after the first row all of them, since that row met them; before that, numbers up to
 *   `last`. Bounds that compare the time with a column stay.
 * - If a function thins the rows out, `last` stands for a whole interval, and the clause is the beginning of the next interval. If the
 *   same interval has more rows, as after the first of the two rows of orderByMinMax, the clause is the beginning of that interval,
 *   the lower bounds stay, and an index skips the rows that have come. For orderByLimit no index can do that: up to its number of
 *   rows, with times up to `last`, come again.
 * - A row range counts rows after selection, and the count now begins behind `last`: after n rows of `[start:stride:stop]` the rest is
 *   `[stride-1:stride:stop-start-(n-1)*stride-1]`, in place of each index.
 * - If `now` is given, times become numbers of seconds; without it, `time<now+1hour` ends an hour after the new request.
 * - If the row range is full, the result selects no row (`time>last` and `time<=last`): an expression has no other way to do so.
 * - If `lastCount` is given and `canRepeatLast` is true, the clause is `time>=last`, and a row range is longer by `lastCount` rows.
 *
 * Throws a `RangeError` if `last` is not finite or `rowsSeen` not a number of rows, and a `ConstraintError` if the indices of
 * `constraint` contradict each other.
 */
export function resumeAfter(constraint: Constraint, options: ResumeOptions): Constraint {
  return restAfter(constraint, options, THINNED);
}

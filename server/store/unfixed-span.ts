// Defines the spans of time whose rows a store has lost, or whose rows may still get other times.

/**
 * `gone`: rows were forgotten, deleted or damaged. `away`: rows are on a disk that is not there. `clock`: the clock that made the rows
 * was wrong or may be wrong, so that their times are out of order or may still be corrected.
 */
export type UnfixedReason = 'gone' | 'away' | 'clock';

/** A span of time, both ends included, in seconds since 1970: a stretch that meets it has not all of its rows, or not for good. */
export interface UnfixedSpan {
  readonly from: number;
  readonly to: number;
  readonly reason: UnfixedReason;
}

/** The times of the rows of a history are whole microseconds. */
const MICROSECOND = 1e-6;

/** The span strictly between two rows; undefined if no row has room there. */
export function spanBetween(before: number, after: number, reason: UnfixedReason): UnfixedSpan | undefined {
  const [from, to] = [before + MICROSECOND, after - MICROSECOND];
  return from > to ? undefined : { from, to, reason };
}

// Decides whether the progress of a feed is of a clock that was ahead, so that rows with earlier times are new ones.

import type { Synchronized } from '../machine/synchronized.ts';

/** Seconds: rows that far before the progress are of a clock that is right again. */
const FAR_BEHIND = 60;

/** Seconds: progress that far ahead of a right clock is of a wrong one, and not of another machine whose clock differs a little. */
const FAR_AHEAD = 7200;

export interface EarlyRow {
  /** Seconds since 1970. */
  readonly time: number;
  /** Whether it is a row of another machine. */
  readonly isResumed: boolean;
  readonly synchronized: (() => Synchronized | undefined) | undefined;
}

/** @param progress the time of the last row that the receiver has, in seconds since 1970 */
export function isOfClockAhead(progress: number, { time, isResumed, synchronized }: EarlyRow): boolean {
  if (synchronized?.() !== 'yes' || progress - time <= FAR_BEHIND) return false;
  // Another machine gives the rows behind the stored ones once more, whatever the clocks are.
  return !isResumed || isFarAhead(progress);
}

/** Whether the progress is so far ahead of this machine's clock that one of two clocks is wrong. */
export function isFarAhead(progress: number): boolean {
  return progress - Date.now() / 1000 > FAR_AHEAD;
}

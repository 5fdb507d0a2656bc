// Decides whether the rows of the stream are drawn, or a stretch of the past that is asked for.

import { isStanding, type Shown } from '../past/timeline.ts';

/** The longest time that moving charts show with all rows, in milliseconds. */
export const MOST_LIVE = 3_600_000;

/** Rows that are so rare that moving charts show more time with all of them. */
const MOST_LIVE_ROWS = 4000;

/** `usual`: milliseconds between rows; `thins`: the server thins rows out, so that a long window need not come as rows. */
export function showsStream(shown: Shown, usual: number, thins: boolean): boolean {
  if (isStanding(shown)) return false;
  return !thins || shown.window <= Math.max(MOST_LIVE, MOST_LIVE_ROWS * usual);
}

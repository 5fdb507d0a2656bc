// Finds the window of time whose rows give the same result rows: a stream begins and continues at the edges of such windows.

import type { TimeBounds } from '../selection/bounds.ts';
import type { ThinningFunction } from './function.ts';
import { nearestBeginning, windowAt } from './interval.ts';

/** The window of time whose rows share their result rows with the row at `time`. */
export function groupAt(thinner: ThinningFunction, time: number): TimeBounds {
  const { name, interval } = thinner;
  return name === 'orderByClosest' ? nearestBeginning(interval, time).window : windowAt(interval, time);
}

/** The number of result rows of a window with rows; undefined if it depends on the rows. */
export function rowsOfGroup(thinner: ThinningFunction): number | undefined {
  if (thinner.name === 'orderByLimit') return thinner.limit === 1 ? 1 : undefined;
  return thinner.name === 'orderByMinMax' ? 2 : 1;
}

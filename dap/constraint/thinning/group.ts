// Which rows end up in the same result rows: where a stream can begin, and go on after a break.

import type { TimeBounds } from '../selection/bounds.ts';
import type { ThinningFunction } from './function.ts';
import { nearestBeginning, windowAt } from './interval.ts';

/** The window of all rows that the row at `time` shares its result rows with. */
export function groupAt(thinner: ThinningFunction, time: number): TimeBounds {
  const { name, interval } = thinner;
  return name === 'orderByClosest' ? nearestBeginning(interval, time).window : windowAt(interval, time);
}

/** How many result rows such a window gives, if it gives any; undefined where that depends on its rows. */
export function rowsOfGroup(thinner: ThinningFunction): number | undefined {
  if (thinner.name === 'orderByLimit') return thinner.limit === 1 ? 1 : undefined;
  return thinner.name === 'orderByMinMax' ? 2 : 1;
}

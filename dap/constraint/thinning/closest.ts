// Chooses the row that is nearest in time to each beginning of an interval: the function orderByClosest.

import type { NumberColumn } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';
import { ALL_TIME } from '../selection/bounds.ts';
import { type Interval, nearestBeginning } from './interval.ts';
import { Output, type RowValues, valuesOf } from './output.ts';
import type { RowThinner } from './thinning.ts';

/**
 * Chooses from rows whose columns are the time and the result columns; of two equally near rows the earlier one, as in ERDDAP. A row
 * is given as soon as no row can be nearer: when a row at or after the beginning comes.
 */
export function closest(interval: Interval, fields: readonly Atomic[]): RowThinner {
  const output = new Output(fields);
  /** The current beginning, and the window of times that are nearest to it. */
  let beginning = { at: Number.NaN, window: { ...ALL_TIME, high: Number.NEGATIVE_INFINITY } };
  /** The nearest row so far; undefined once it is given. */
  let nearest: { readonly time: number; readonly values: RowValues } | undefined;

  const isPast = (time: number): boolean => {
    const { high, highInclusive } = beginning.window;
    return !(time < high || (time === high && highInclusive));
  };

  const give = (): void => {
    if (nearest !== undefined) output.add(nearest.values);
    nearest = undefined;
  };

  return (rows, last) => {
    const times = rows.columns[0] as NumberColumn;
    for (let row = 0; row < rows.length; row++) {
      const time = times[row]!;
      const isFirst = isPast(time);
      if (isFirst) {
        give();
        beginning = nearestBeginning(interval, time);
      } else if (nearest === undefined) continue;
      const { at } = beginning;
      if (nearest === undefined || Math.abs(time - at) < Math.abs(nearest.time - at)) {
        nearest = { time, values: valuesOf(rows, row, 1) };
      }
      if (time >= at) give();
    }
    if (last) give();
    return output.take();
  };
}

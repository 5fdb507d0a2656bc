// Chooses the first rows of each interval, up to a number: the function orderByLimit.

import type { NumberColumn } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';
import { contiguous, pick } from '../selection/chosen.ts';
import { type Interval, spanAt } from './interval.ts';
import type { RowThinner } from './thinning.ts';

/** Chooses from rows whose columns are the time and the result columns; each row is given as it comes. */
export function limit(most: number, interval: Interval, fields: readonly Atomic[]): RowThinner {
  const columns = fields.map((_, index) => index + 1);
  let end = Number.NaN;
  let given = 0;
  return rows => {
    const times = rows.columns[0] as NumberColumn;
    const chosen = new Int32Array(rows.length);
    let count = 0;
    for (let row = 0; row < rows.length; row++) {
      if (!(times[row]! < end)) {
        ({ end } = spanAt(interval, times[row]!));
        given = 0;
      }
      if (given === most) continue;
      given++;
      chosen[count++] = row;
    }
    return pick(rows, contiguous(chosen.subarray(0, count), rows.length), columns, fields);
  };
}

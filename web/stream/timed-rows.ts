// Computes the time of each row once, when its batch is received.

import type { Column, FollowedRows } from '../../dap/index.ts';
import type { TimeColumn } from '../../dap/model/time-column.ts';
import { toMillis } from '../../dap/model/time-units.ts';

/** Rows and their times. */
export interface TimedRows {
  readonly rows: FollowedRows;
  /**
   * The time of each row in milliseconds since 1970, or since the moment that the time column counts from. NaN for a row whose
   * time is missing.
   */
  readonly times: Float64Array;
  /** The numbers of the time column; undefined without such a column. */
  readonly stored: Column | undefined;
}

/** The index of the column `name`. Throws a `TypeError` that lists the columns if it is not among them. */
export function columnIndex(name: string, { sequence }: FollowedRows): number {
  const index = sequence.fields.findIndex(field => field.name === name);
  if (index >= 0) return index;
  const found = sequence.fields.map(field => field.name).join(', ');
  throw new TypeError(`Expected a column "${name}", found ${found}`);
}

/**
 * The rows with the times of the column `time`. Without such a column all of them have the time of their arrival, `arrival`
 * in milliseconds since 1970.
 */
export function withTimes(rows: FollowedRows, time: TimeColumn | undefined, arrival: number): TimedRows {
  const times = new Float64Array(rows.length);
  if (time === undefined) return { rows, times: times.fill(arrival), stored: undefined };
  const stored = rows.columns[columnIndex(time.name, rows)]!;
  for (let row = 0; row < rows.length; row++) {
    const value = Number(stored[row]);
    times[row] = time.meaning?.isMissing(value) === true ? Number.NaN : toMillis(time.units, value);
  }
  return { rows, times, stored };
}

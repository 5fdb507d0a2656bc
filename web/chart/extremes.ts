// Says which the least and the greatest value of a column are in a stretch of the past, and when they were.

import { indexAt, type PastColumn, type PastRows, type Stretch } from '../past/past-rows.ts';
import type { LatestValue } from '../rows/series.ts';
import { writeClock, writeDate, writeSpan } from '../text/times.ts';
import { writeValue } from '../text/values.ts';

/** Words for the legend: `3.7 at 06:42`. Empty for none. */
export interface Extremes {
  readonly least: string;
  readonly greatest: string;
}

export const NO_EXTREMES: Extremes = { least: '', greatest: '' };

const MINUTE = 60_000;

/** The extremes of the values that are shown; none for states, whose names have no order, and while rows are missing at the beginning. */
export function writeExtremes(
  rows: PastRows,
  column: PastColumn | undefined,
  stretch: Stretch,
  { column: shown, decimals }: LatestValue,
  absolute: boolean,
): Extremes {
  if (column === undefined || shown.flags !== undefined || rows.from > stretch.from) return NO_EXTREMES;
  const [least, greatest] = extremesIn(rows, column, stretch);
  if (least === undefined || greatest === undefined) return NO_EXTREMES;
  const isOneDay = writeDate(stretch.from) === writeDate(stretch.to - 1);
  const write = (index: number, values: PastColumn['least']): string => {
    // An interval is called by its beginning, as where it is pointed at.
    const time = rows.times[index]! - rows.interval / 2;
    const clock = writeClock(time).slice(0, rows.interval < MINUTE ? undefined : -':00'.length);
    const when = isOneDay ? clock : `${writeDate(time)} ${clock}`;
    return `${writeValue(values[index]!, decimals)} at ${absolute ? when : writeSpan(time)}`;
  };
  return { least: write(least, column.least), greatest: write(greatest, column.greatest) };
}

/** The indexes of the first interval with the least value and of the first one with the greatest. */
function extremesIn(rows: PastRows, { least, greatest }: PastColumn, { from, to }: Stretch) {
  let [lowest, highest]: [number?, number?] = [];
  for (let index = indexAt(rows, from); index < rows.times.length && rows.times[index]! < to; index += 1) {
    const [low, high] = [least[index], greatest[index]];
    if (low == null || high == null) continue;
    if (lowest === undefined || low < least[lowest]!) lowest = index;
    if (highest === undefined || high > greatest[highest]!) highest = index;
  }
  return [lowest, highest] as const;
}

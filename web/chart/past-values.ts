// Makes the values of a legend for the past: those of the interval that is pointed at.

import { indexAt, nearestTime, type PastColumn, type PastRows } from '../past/past-rows.ts';
import type { LatestValue } from '../rows/series.ts';
import { wordOf } from '../stream/flags.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import type { LegendValue } from './legend.ts';

/** The value of a row, or the mean of an interval with its least and greatest value: that of the nearest time within `reach`. */
export function pastLegendValue(
  rows: PastRows,
  column: PastColumn | undefined,
  moment: number,
  reach: number,
  { column: shown, decimals }: LatestValue,
  absolute: boolean,
): LegendValue {
  const found = nearestTime(rows, moment, reach);
  const time = found ?? moment;
  const index = indexAt(rows, time);
  const mean = found === undefined ? undefined : (column?.mean[index] ?? undefined);
  const begin = time - rows.interval / 2;
  const when = writeTime(begin, absolute, rows.interval === 0);
  const value = {
    value: mean ?? Number.NaN,
    words: wordOf(shown, mean),
    when,
    time: begin,
    note: '',
    decimals,
  };
  if (mean === undefined) return { ...value, time: undefined, note: 'no value' };
  const [least, greatest] = [column!.least[index]!, column!.greatest[index]!];
  if (rows.interval === 0 || least === greatest) return value;
  const write = (number: number) => wordOf(shown, number) ?? writeValue(number, decimals);
  const between = `${write(least)} to ${write(greatest)}`;
  if (shown.flags === undefined) return { ...value, note: `mean; ${between}` };
  // The mean of two states says how often it was the greater one; that of more states says nothing.
  const share = Math.round((100 * (mean - least)) / (greatest - least));
  const words = shown.flags.size === 2 ? `${share} % ${write(greatest)}` : between;
  return { ...value, words, note: shown.flags.size === 2 ? 'of the rows of an interval' : 'in an interval' };
}

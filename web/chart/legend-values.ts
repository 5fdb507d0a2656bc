// Makes the values of a legend: the latest ones, or those at the selected moment.

import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import { wordOf } from '../stream/flags.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import type { Frame } from './frame.ts';
import type { LegendValue } from './legend.ts';

export function latestLegendValue(
  { column, latest, lastValue, decimals }: LatestValue,
  { absolute }: Frame,
): LegendValue {
  const value = typeof latest === 'number' ? latest : undefined;
  const time = lastValue?.time;
  const shown = { value, words: wordOf(column, value), when: '', time, note: '', decimals };
  if (value === undefined) return shown;
  if (!Number.isNaN(value)) return { ...shown, when: writeTime(lastValue!.time, absolute) };
  if (lastValue === undefined) return { ...shown, note: 'no value yet' };
  const last = wordOf(column, lastValue.value) ?? writeValue(lastValue.value, decimals);
  return { ...shown, note: `no value; last ${last} at ${writeTime(lastValue.time, absolute)}` };
}

/** The value of the row nearest to `time`, no further away than `reach`. */
export function legendValueAt(
  points: LinePoints,
  time: number,
  reach: number,
  { column, decimals }: LatestValue,
  { absolute }: Frame,
): LegendValue {
  const found = points.read(time, reach);
  return {
    value: found?.value ?? Number.NaN,
    words: wordOf(column, found?.value),
    when: writeTime(found?.time ?? time, absolute, true),
    time: found?.time,
    note: found === undefined ? 'no value' : '',
    decimals,
  };
}

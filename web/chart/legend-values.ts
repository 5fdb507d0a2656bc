// Makes the values of a legend: the latest ones, or those at the selected moment.

import type { LinePoints } from '../rows/line-points.ts';
import type { LatestValue } from '../rows/series.ts';
import { writeTime } from '../text/times.ts';
import { writeValue } from '../text/values.ts';
import type { Frame } from './chart.ts';
import type { LegendValue } from './legend.ts';

export function latestLegendValue(
  { latest, lastValue, decimals }: LatestValue,
  { absolute }: Frame,
): LegendValue {
  const value = typeof latest === 'number' ? latest : undefined;
  const time = lastValue?.time;
  if (value === undefined) return { value, when: '', time, note: '', decimals };
  if (!Number.isNaN(value)) {
    return { value, when: writeTime(lastValue!.time, absolute), time, note: '', decimals };
  }
  if (lastValue === undefined) return { value, when: '', time, note: 'no value yet', decimals };
  const note = `${writeValue(lastValue.value, decimals)} at ${writeTime(lastValue.time, absolute)}`;
  return { value, when: '', time, note: `no value; last ${note}`, decimals };
}

/** The value of the row nearest to `time`, no further away than `reach`. */
export function legendValueAt(
  points: LinePoints,
  time: number,
  reach: number,
  { decimals }: LatestValue,
  { absolute }: Frame,
): LegendValue {
  const found = points.read(time, reach);
  return {
    value: found?.value ?? Number.NaN,
    when: writeTime(found?.time ?? time, absolute, true),
    time: found?.time,
    note: found === undefined ? 'no value' : '',
    decimals,
  };
}

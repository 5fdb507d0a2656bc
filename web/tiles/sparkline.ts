// Draws a series of minutes as a small picture: a band from the least to the greatest value of each minute.

import type { Series } from './recent.ts';

/** The height of the picture in units of its own; a minute is one unit wide. */
export const SPARK_HEIGHT = 24;

/** Room for the width of the line above and below. */
const INSET = 2;

/**
 * The path of a series; empty without a value. Minutes without a value are gaps, from `joins + 1` of them on. The height of the
 * picture stands for `leastSpan` at least: a last digit that flickers is no drama.
 */
export function sparkPath({ low, high }: Series, joins: number, leastSpan = 0): string {
  const known = [...low, ...high].filter(value => value !== undefined);
  if (known.length === 0) return '';
  const [least, greatest] = [Math.min(...known), Math.max(...known)];
  const span = Math.max(greatest - least, leastSpan);
  const scale = span === 0 ? 0 : (SPARK_HEIGHT - 2 * INSET) / span;
  const middle = least + (greatest - least) / 2;
  const height = (value: number) => SPARK_HEIGHT / 2 - (value - middle) * scale;
  const point = (minute: number, value: number) => `${minute} ${Number(height(value).toFixed(1))}`;
  return runsOf(low, joins)
    .map(run => {
      const below = run.map(minute => point(minute, low[minute]!));
      const above = run.map(minute => point(minute, high[minute] ?? low[minute]!));
      if (run.length === 1) return `M${below[0]}L${above[0]}h.01`;
      const isLine = above.every((each, index) => each === below[index]);
      return `M${below.join('L')}${isLine ? '' : `L${above.toReversed().join('L')}Z`}`;
    })
    .join('');
}

/** The minutes with a value, in runs without a gap. */
function runsOf(values: readonly (number | undefined)[], joins: number): number[][] {
  const runs: number[][] = [];
  let last = Number.NEGATIVE_INFINITY;
  for (const [minute, value] of values.entries()) {
    if (value === undefined) continue;
    if (minute - last > joins + 1) runs.push([]);
    runs.at(-1)!.push(minute);
    last = minute;
  }
  return runs;
}

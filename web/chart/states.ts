// Turns the values of a column of states into stretches of time in which one state holds, or several within an interval.

import type { PastColumn, PastRows, Stretch } from '../past/past-rows.ts';
import type { LinePoints } from '../rows/line-points.ts';

/** A stretch in which the values are from `least` to `greatest`: one state if they are equal. Times in milliseconds. */
export interface StateStretch extends Stretch {
  readonly least: number;
  readonly greatest: number;
  readonly mean: number;
}

type GrowingStretch = { -readonly [key in keyof StateStretch]: StateStretch[key] };

/** The stretches of moving rows from `from` to `to`: a value holds until the next row, and no longer than rows have come. */
export function liveStates(line: LinePoints, { from, to }: Stretch): StateStretch[] {
  const stretches: GrowingStretch[] = [];
  let last: readonly [time: number, value: number] | undefined;
  const add = (time: number, value: number): void => {
    if (last !== undefined) append(stretches, one(last[1], last[0], Number.isNaN(value) ? last[0] : time));
    last = Number.isNaN(value) ? undefined : [time, value];
  };
  for (let number = line.begin; number < line.end; number += 1) add(line.time(number), line.value(number));
  for (const [time, value] of line.unsettled) add(time, value);
  if (last !== undefined) append(stretches, one(last[1], last[0], last[0]));
  return within(stretches, from, to);
}

/** The same of the past: a row holds until the next one, and an interval has the states of its rows, a single one until the next interval. */
export function pastStates(rows: PastRows, column: PastColumn, { from, to }: Stretch): StateStretch[] {
  const stretches: GrowingStretch[] = [];
  const half = rows.interval / 2;
  for (const [index, time] of rows.times.entries()) {
    const [least, mean, greatest] = [column.least[index], column.mean[index], column.greatest[index]];
    if (least == null || mean == null || greatest == null) continue;
    const holds = least === greatest && column.mean[index + 1] != null;
    const end = holds ? rows.times[index + 1]! - half : time + half;
    append(stretches, { from: time - half, to: end, least, mean, greatest });
  }
  return within(stretches, from, to);
}

function one(value: number, from: number, to: number): StateStretch {
  return { from, to, least: value, mean: value, greatest: value };
}

/** Joins a stretch to the last one if that ends where it begins, in the same state. */
function append(stretches: GrowingStretch[], next: StateStretch): void {
  const last = stretches.at(-1);
  const isJoined =
    last !== undefined &&
    next.from - last.to < 1 &&
    next.least === last.least &&
    next.greatest === last.greatest &&
    next.mean === last.mean;
  if (isJoined) last.to = next.to;
  else stretches.push({ ...next });
}

function within(stretches: readonly StateStretch[], from: number, to: number): StateStretch[] {
  return stretches.filter(stretch => stretch.to >= from && stretch.from <= to);
}

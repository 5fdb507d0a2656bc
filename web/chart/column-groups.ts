// Decides which columns share a chart: those of one unit whose ranges are alike, and all columns of states.

import type { PastColumn } from '../past/past-rows.ts';
import type { LinePoints } from '../rows/line-points.ts';
import type { Extent } from './range.ts';

/** Columns share a chart while their ranges differ less than this many times. */
const SPLIT = 10;

/** Charts are put together again once the ranges of all their columns differ less than this many times. */
const JOIN = 2;

/** A range counts as this share of the values at least: noise is no range. */
const LEAST_SPAN = 0.02;

/** The share of the values at either end that do not count, for they may be spikes. */
const SPIKES = 0.05;

/** A range is known from this many values on; more than `MOST_VALUES` are not looked at. */
const FEWEST_VALUES = 8;
const MOST_VALUES = 256;

/** Learns the range in which most values of each column are. It only grows, so that a column is not moved back and forth. */
export class ColumnRanges {
  readonly #ranges: (Extent | undefined)[] = [];

  /** The length of the range; undefined while it is not known, or while all values are 0. */
  spanOf(column: number): number | undefined {
    const range = this.#ranges[column];
    if (range === undefined) return undefined;
    const span = Math.max(
      range.max - range.min,
      LEAST_SPAN * Math.max(Math.abs(range.min), Math.abs(range.max)),
    );
    return span > 0 ? span : undefined;
  }

  /** Takes the points of a moving line into account. */
  addLine(column: number, line: LinePoints): void {
    // An odd step does not pick the least one of each pair of points only.
    const step = Math.ceil((line.end - line.begin) / MOST_VALUES) | 1;
    const values: number[] = [];
    for (let number = line.begin; number < line.end; number += step) values.push(line.value(number));
    this.#add(column, values, values);
  }

  /** Takes a column of the past into account. */
  addPast(column: number, { least, greatest }: PastColumn): void {
    const step = Math.ceil(least.length / MOST_VALUES);
    const some = (values: readonly (number | null)[]) =>
      values.filter((_, index) => index % step === 0).map(value => value ?? Number.NaN);
    this.#add(column, some(least), some(greatest));
  }

  #add(column: number, least: readonly number[], greatest: readonly number[]): void {
    const [low, high] = [least, greatest].map(values =>
      values.filter(value => Number.isFinite(value)).sort((a, b) => a - b),
    ) as [number[], number[]];
    if (low.length < FEWEST_VALUES) return;
    const spikes = Math.floor(low.length * SPIKES);
    const [min, max] = [low[spikes]!, high.at(-1 - spikes)!];
    const known = this.#ranges[column];
    this.#ranges[column] = {
      min: Math.min(known?.min ?? min, min),
      max: Math.max(known?.max ?? max, max),
    };
  }
}

/**
 * The groups of `columns` whose spans are alike, each in the order of the columns. `current` are the groups until now, which are kept
 * while they are not too different within, and not all alike. A column without a span stays where it is.
 */
export function groupsBySpan(
  columns: readonly number[],
  spanOf: (column: number) => number | undefined,
  current: readonly (readonly number[])[] = [columns],
): readonly (readonly number[])[] {
  const ratioOf = (group: readonly number[]): number => {
    const spans = group.map(spanOf).filter(span => span !== undefined);
    return spans.length === 0 ? 1 : Math.max(...spans) / Math.min(...spans);
  };
  const isAlike = current.every(group => ratioOf(group) <= SPLIT);
  if (isAlike && (current.length === 1 || ratioOf(columns) >= JOIN)) return current;
  const known = columns.filter(column => spanOf(column) !== undefined);
  known.sort((a, b) => spanOf(a)! - spanOf(b)!);
  const groups: number[][] = [];
  let least = Number.NaN;
  for (const column of known) {
    const span = spanOf(column)!;
    if (groups.length > 0 && span <= SPLIT * least) {
      groups.at(-1)!.push(column);
      continue;
    }
    groups.push([column]);
    least = span;
  }
  for (const column of columns.filter(each => !known.includes(each))) {
    const beside = current.find(group => group.includes(column)) ?? [];
    const group = groups.find(found => found.some(each => beside.includes(each))) ?? groups[0];
    if (group === undefined) groups.push([column]);
    else group.push(column);
  }
  const ordered = groups.map(group => columns.filter(column => group.includes(column)));
  return ordered.sort((a, b) => columns.indexOf(a[0]!) - columns.indexOf(b[0]!));
}

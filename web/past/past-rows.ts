// Holds the rows of a stretch of the past as a chart draws them: least, mean and greatest value of each interval, with gaps.

/** The values of one column. All arrays have the length of `PastRows.times`; null where there is no value. */
export interface PastColumn {
  readonly least: readonly (number | null)[];
  readonly mean: readonly (number | null)[];
  readonly greatest: readonly (number | null)[];
}

/** A stretch of time in milliseconds since 1970; `to` is excluded. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface PastRows extends Stretch {
  /** Milliseconds of an interval; 0 for rows as they were measured. */
  readonly interval: number;
  /** The middle of each interval, or the time of each row, ascending. A gap has a time without any value. */
  readonly times: readonly number[];
  /** One for each column of the dataset that the page shows; undefined for text. */
  readonly columns: readonly (PastColumn | undefined)[];
}

/** The index of the first time at or after `time`. */
export function indexAt({ times }: Pick<PastRows, 'times'>, time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (times[middle]! < time) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least and the greatest value of a column from `from` to `to`; undefined if there is none. */
export function extentIn(
  rows: PastRows,
  column: PastColumn,
  { from, to }: Stretch,
): { min: number; max: number } | undefined {
  let [min, max] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  const half = rows.interval / 2;
  for (let index = indexAt(rows, from - half); index < rows.times.length; index += 1) {
    if (rows.times[index]! > to + half) break;
    min = Math.min(min, column.least[index] ?? min);
    max = Math.max(max, column.greatest[index] ?? max);
  }
  return min <= max ? { min, max } : undefined;
}

/** The last value of a column up to `time`, no further away than `reach`; undefined if there is none. */
export function endIn(rows: PastRows, column: PastColumn, time: number, reach: number): number | undefined {
  for (let index = indexAt(rows, time + rows.interval / 2) - 1; index >= 0; index -= 1) {
    if (rows.times[index]! < time - reach) return undefined;
    const value = column.mean[index];
    if (value != null) return value;
  }
  return undefined;
}

/** The time nearest to `time`, no further away than `reach`; undefined if there is none. A gap counts: it is read as "no value". */
export function nearestTime(rows: PastRows, time: number, reach: number): number | undefined {
  const index = indexAt(rows, time);
  const near = [rows.times[index - 1], rows.times[index]].filter(at => at !== undefined);
  const nearest = near.sort((a, b) => Math.abs(a - time) - Math.abs(b - time))[0];
  return nearest !== undefined && Math.abs(nearest - time) <= reach ? nearest : undefined;
}

/** The time next to `time` that has a value: later for a positive `direction`, earlier for a negative one; undefined if there is none. */
export function timeBeside(
  { times, columns }: PastRows,
  time: number,
  direction: number,
): number | undefined {
  const hasValue = (index: number) => columns.some(column => (column?.mean[index] ?? null) !== null);
  const step = direction > 0 ? 1 : -1;
  let index = indexAt({ times }, time);
  if (step < 0 || times[index] === time) index += step;
  while (times[index] !== undefined && !hasValue(index)) index += step;
  return times[index];
}

/** The indexes of values from `first` to `last` that have none beside them. */
export function singlesIn(
  values: ArrayLike<number | null | undefined>,
  [first, last]: readonly number[],
): number[] {
  const singles: number[] = [];
  for (let index = first!; index <= last!; index += 1) {
    if (values[index] == null || values[index - 1] != null || values[index + 1] != null) continue;
    singles.push(index);
  }
  return singles;
}

/** `older` from `from` on, up to where `newer` begins, and `newer` behind it; both have the same interval. */
export function joined(older: PastRows, newer: PastRows, from: number): PastRows {
  const [begin, end] = [indexAt(older, from), indexAt(older, newer.from)];
  const join = <T>(a: readonly T[], b: readonly T[]): T[] => [...a.slice(begin, end), ...b];
  return {
    from: Math.max(from, Math.min(older.from, newer.from)),
    to: newer.to,
    interval: older.interval,
    times: join(older.times, newer.times),
    columns: older.columns.map((column, index) => {
      const next = newer.columns[index];
      if (column === undefined || next === undefined) return undefined;
      return {
        least: join(column.least, next.least),
        mean: join(column.mean, next.mean),
        greatest: join(column.greatest, next.greatest),
      };
    }),
  };
}

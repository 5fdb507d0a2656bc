// Declares summaries that stand for rows: one for each stretch of time, such as a minute or an hour.

import { type Interval, spanAt } from './interval.ts';
import type { ColumnSummaries } from './summary.ts';

/** Rows that are summarised by stretches of time, in their order. No stretch is empty. */
export interface SummarisedRows {
  /** The number of stretches. */
  readonly length: number;
  /** The beginning of each stretch, in seconds since 1970. */
  readonly times: Float64Array;
  /** The number of rows in each stretch. */
  readonly rows: Int32Array;
  readonly columns: readonly ColumnSummaries[];
}

/** How a function uses summaries in place of rows. */
export interface SummaryUse {
  /** The indices in the source Sequence of the columns that have to be summarised. */
  readonly columns: readonly number[];
  /** True if no interval of the function begins within a stretch: stretches of this length in seconds, counted from 1970. */
  fits(seconds: number): boolean;
  /** The indices of the stretches whose rows it needs all the same, ascending; undefined if the summaries suffice. */
  readonly needed?: (rows: SummarisedRows) => readonly number[];
}

/** True if every interval begins at a whole multiple of `seconds`, which divide a day. */
export function beginsAtMultiples(interval: Interval, seconds: number): boolean {
  switch (interval.kind) {
    case 'seconds':
      return interval.width % seconds === 0 && interval.offset % seconds === 0;
    case 'months':
    case 'all':
      return true;
  }
}

/** Runs of stretches that lie in one interval: calls `visit` with each interval's first stretch, and the stretch after its last one. */
export function eachInterval(
  interval: Interval,
  { length, times }: Pick<SummarisedRows, 'length' | 'times'>,
  visit: (from: number, to: number) => void,
): void {
  for (let from = 0; from < length; ) {
    const { end } = spanAt(interval, times[from]!);
    let to = from + 1;
    while (to < length && times[to]! < end) to++;
    visit(from, to);
    from = to;
  }
}

/** The stretches `from` to `to - 1`, as views. */
export function partOfSummaries(
  { times, rows, columns }: SummarisedRows,
  from: number,
  to: number,
): SummarisedRows {
  return {
    length: to - from,
    times: times.subarray(from, to),
    rows: rows.subarray(from, to),
    columns: columns.map(({ counts, least, greatest, means, rests }) => ({
      counts: counts.subarray(from, to),
      least: least.subarray(from, to),
      greatest: greatest.subarray(from, to),
      means: means.subarray(from, to),
      rests: rests.subarray(from, to),
    })),
  };
}

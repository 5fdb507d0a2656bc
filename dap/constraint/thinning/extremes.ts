// Chooses the rows with the least and the greatest value of a column in each interval: orderByMin, orderByMax, orderByMinMax.

import type { MissingTest } from '../../model/meaning.ts';
import type { Batch, NumberColumn } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';
import type { ExtremeName } from './function.ts';
import { type Interval, spanAt } from './interval.ts';
import { Output, type RowValues, valuesOf } from './output.ts';
import { eachInterval, type SummarisedRows } from './summarised-rows.ts';
import type { ColumnSummaries } from './summary.ts';
import type { RowThinner } from './thinning.ts';

/** A row, and the key by which it is compared. */
interface Candidate {
  readonly key: number;
  readonly values: RowValues;
}

/** The number of input columns before the result columns: the time and the key. */
const BEFORE_RESULT = 2;

/**
 * Chooses from rows whose columns are the time, the key and the result columns. As in ERDDAP, rows without a key are left out; of equal
 * keys the first is the least and the last the greatest; and orderByMinMax always gives two rows, the row with the least key and then
 * the row with the greatest key, even if both are the same.
 */
export function extremes(
  name: ExtremeName,
  interval: Interval,
  fields: readonly Atomic[],
  missing: MissingTest,
): RowThinner {
  const output = new Output(fields);
  let end = Number.NaN;
  let least: Candidate | undefined;
  let greatest: Candidate | undefined;

  const close = (): void => {
    if (least === undefined || greatest === undefined) return;
    if (name !== 'orderByMax') output.add(least.values);
    if (name !== 'orderByMin') output.add(greatest.values);
    least = undefined;
    greatest = undefined;
  };

  const add = (rows: Batch, from: number, to: number): void => {
    const keys = rows.columns[1] as NumberColumn;
    let [low, lowest] = [-1, least?.key ?? Number.POSITIVE_INFINITY];
    let [high, highest] = [-1, greatest?.key ?? Number.NEGATIVE_INFINITY];
    let found = least !== undefined;
    for (let row = from; row < to; row++) {
      const key = keys[row]!;
      if (missing.isMissing(key)) continue;
      if (key < lowest || !found) [low, lowest] = [row, key];
      if (key >= highest) [high, highest] = [row, key];
      found = true;
    }
    if (low >= 0) least = { key: lowest, values: valuesOf(rows, low, BEFORE_RESULT) };
    if (high >= 0) greatest = { key: highest, values: valuesOf(rows, high, BEFORE_RESULT) };
  };

  return (rows, last) => {
    const times = rows.columns[0] as NumberColumn;
    for (let from = 0; from < rows.length; ) {
      if (!(times[from]! < end)) {
        close();
        ({ end } = spanAt(interval, times[from]!));
      }
      let to = from + 1;
      while (to < rows.length && times[to]! < end) to++;
      add(rows, from, to);
      from = to;
    }
    if (last) close();
    return output.take();
  };
}

/** The indices of the stretches with the row of the least and of the greatest key of each interval, or of one of both. */
export function stretchesOfExtremes(name: ExtremeName, interval: Interval, rows: SummarisedRows): number[] {
  const [{ counts, least, greatest }] = rows.columns as [ColumnSummaries];
  const needed: number[] = [];
  eachInterval(interval, rows, (from, to) => {
    let [low, high] = [-1, -1];
    for (let index = from; index < to; index++) {
      if (counts[index] === 0) continue;
      if (low < 0 || least[index]! < least[low]!) low = index;
      if (high < 0 || greatest[index]! >= greatest[high]!) high = index;
    }
    if (low < 0) return;
    const both = new Set([...(name === 'orderByMax' ? [] : [low]), ...(name === 'orderByMin' ? [] : [high])]);
    needed.push(...[...both].sort((a, b) => a - b));
  });
  return needed;
}

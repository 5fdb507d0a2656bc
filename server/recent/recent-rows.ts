// Follows the rows of one dataset, and keeps the extremes of each column: by the minute for an hour, by the quarter for a day.

import {
  type Batch,
  columnMeanings,
  type NumberMeaning,
  parseConstraint,
  planConstraint,
} from '../../dap/protocol.ts';
import type { Dataset } from '../dataset/dataset.ts';
import type { Cursor } from '../store/cursor.ts';
import { type Extremes, IntervalExtremes } from './extremes.ts';

const MINUTE = 60;
const QUARTER = 900;

/** The most minutes of a series. */
export const MOST_MINUTES = 60;

/** A day has 25 hours when a zone changes to winter time; and the running quarter. */
const DAY_QUARTERS = 101;

/** Values that are read in one turn of the event loop. */
const VALUES_A_TURN = 65_536;

/** Values that are read at the beginning, at the most: rows at 100 Hz are not read back a whole day. */
const MOST_VALUES = 8_000_000;

/** Seconds of the oldest rows that are left out if memory forgets a row with each new one. */
const FORGOTTEN_SOON = 30;

export class RecentRows {
  readonly dataset: Dataset;
  readonly #cursor: Cursor;
  readonly #meanings: readonly (NumberMeaning | undefined)[];
  readonly #minutes: IntervalExtremes;
  readonly #quarters: IntervalExtremes;
  readonly #blockRows: number;
  #first: number | undefined;
  #last: number | undefined;
  #isLoading = false;
  #isCaughtUp = false;

  /**
   * @param now seconds since 1970
   * @param isAlone the rows are wanted for their own sake, and not as those of one of many datasets
   */
  constructor(dataset: Dataset, now: number, isAlone = true) {
    this.dataset = dataset;
    const { columns } = dataset.layout;
    const from = beginning(dataset, now);
    const plan = planConstraint(parseConstraint(`&time>=${from}`), dataset.model, { now });
    this.#cursor = (isAlone ? undefined : dataset.watch?.(plan)) ?? dataset.open(plan);
    this.#meanings = columnMeanings(plan.sequence, dataset.attributes).slice(1);
    this.#minutes = new IntervalExtremes(MINUTE, MOST_MINUTES, columns.length - 1);
    this.#quarters = new IntervalExtremes(QUARTER, DAY_QUARTERS, columns.length - 1);
    this.#blockRows = Math.max(64, Math.floor(VALUES_A_TURN / columns.length));
  }

  /** True once the rows that were there at the beginning have been read. */
  get isCaughtUp(): boolean {
    return this.#isCaughtUp;
  }

  /** True if rows could not be loaded: none is read any more, those to come neither. */
  get isBroken(): boolean {
    return this.#cursor.ended && this.#cursor.failed && this.dataset.status().failure === undefined;
  }

  /** True once the rows have left the memory, because nobody else reads them. */
  get hasLeft(): boolean {
    return this.dataset.watch !== undefined && this.#cursor.ended && !this.#cursor.failed;
  }

  /** The times of the oldest and of the newest row that was read, in seconds since 1970. */
  get first(): number | undefined {
    return this.#first;
  }

  get last(): number | undefined {
    return this.#last;
  }

  /**
   * Reads rows, a block at the most. True if more are at hand; otherwise `wake` is called when rows have been loaded for which it
   * waits now, and not when new rows come.
   */
  read(wake: () => void): boolean {
    const cursor = this.#cursor;
    if (this.#isLoading) return false;
    const slice = cursor.next(this.#blockRows);
    if (slice !== undefined && 'batch' in slice) {
      this.#take(slice.batch);
      return true;
    }
    // The cursor knows the earliest time to come once it has given every row that is there.
    const mustLoad = !cursor.ended && cursor.earliest === undefined;
    this.#isCaughtUp ||= !mustLoad;
    if (!mustLoad) return false;
    this.#isLoading = true;
    cursor.wait(() => {
      this.#isLoading = false;
      wake();
    });
    return false;
  }

  /** The extremes of a column (0 is the first behind the time) in each of `count` minutes, the last of them that of `end`. */
  minutes(column: number, end: number, count: number): readonly (Extremes | undefined)[] {
    const last = this.#minutes.intervalOf(end);
    return Array.from({ length: count }, (_, index) => this.#minutes.at(last - count + 1 + index, column));
  }

  /** The extremes of a column from the quarter of an hour of `from` to that of `to`. */
  extremes(column: number, from: number, to: number): Extremes | undefined {
    return this.#quarters.within(this.#quarters.intervalOf(from), this.#quarters.intervalOf(to), column);
  }

  close(): void {
    this.#cursor.close();
  }

  #take({ length, columns }: Batch): void {
    const times = columns[0] as Float64Array;
    this.#first ??= times[0];
    this.#last = times[length - 1] ?? this.#last;
    for (let from = 0; from < length; ) {
      const minute = this.#minutes.intervalOf(times[from]!);
      let to = from + 1;
      while (to < length && this.#minutes.intervalOf(times[to]!) === minute) to += 1;
      for (let column = 0; column < this.#meanings.length; column += 1) {
        const found = extremesOf(columns[column + 1] as Float64Array, from, to, this.#meanings[column]);
        if (found === undefined) continue;
        this.#minutes.add(minute, column, found);
        this.#quarters.add(this.#quarters.intervalOf(times[from]!), column, found);
      }
      from = to;
    }
  }
}

/** Of the values of the rows `from` to `to - 1`, as they stand in the column, with the sign that the attributes give them. */
function extremesOf(
  values: ArrayLike<number>,
  from: number,
  to: number,
  meaning: NumberMeaning | undefined,
): Extremes | undefined {
  let least = Number.POSITIVE_INFINITY;
  let greatest = Number.NEGATIVE_INFINITY;
  for (let row = from; row < to; row += 1) {
    const value = values[row]!;
    if (!Number.isFinite(value) || meaning?.isMissing(value) === true) continue;
    const signed = meaning?.signed(value) ?? value;
    if (signed < least) least = signed;
    if (signed > greatest) greatest = signed;
  }
  return least <= greatest ? { least, greatest } : undefined;
}

/** The time from which rows are read: 25 hours ago, or later if that were too many rows. */
function beginning(dataset: Dataset, now: number): number {
  const { delivery, layout } = dataset;
  const { rows, lastTime = now, store } = dataset.status();
  const interval = delivery.kind === 'scheduled' ? delivery.interval : 0;
  const most = (MOST_VALUES / layout.columns.length) * interval;
  // Rows of another clock may end at any time.
  const end = dataset.isClocked ? now : lastTime;
  const from = Math.floor(end - Math.min(DAY_QUARTERS * QUARTER, most > 0 ? most : Number.POSITIVE_INFINITY));
  const { firstTime, rows: held = 0, history } = store ?? {};
  if (history !== undefined || firstTime === undefined || held >= rows) return from;
  return Math.max(from, firstTime + Math.min(FORGOTTEN_SOON, (lastTime - firstTime) / 10));
}

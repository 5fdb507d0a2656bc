// Keeps the times of the newest rows, so that a stream still has a time to resume after if the last ones are missing values.

import type { MissingTest } from '../../model/meaning.ts';
import type { Column } from '../../model/value.ts';

/** The last row that has come: its time in the column's units, and the number of rows of exactly that time. */
export interface LastRow {
  readonly time: number;
  readonly count: number;
}

/** The number of different times that are kept: more than a column has different missing values. */
const MOST = 6;

/** Seconds since 1970, in 2001: a stream in seconds seldom has earlier times. */
const EARLY = 1e9;

/** Seconds by which the times of a correct clock may be ahead of another correct clock. */
const MOST_AHEAD = 60;

/** The different times of the newest rows, the newest last. */
export class RecentTimes {
  #times: readonly LastRow[];
  #test: MissingTest | undefined;

  constructor(last?: LastRow) {
    this.#times = last === undefined ? [] : [last];
  }

  /** The newest time; undefined before the first row. */
  get last(): LastRow | undefined {
    return this.#times.at(-1);
  }

  /** The distance of the two newest times; 0 if it is not known. */
  get spacing(): number {
    const [before, last] = this.#times.slice(-2);
    return before === undefined || last === undefined ? 0 : Math.max(0, last.time - before.time);
  }

  /**
   * True if the last time, taken as seconds since 1970, may be something else: it lies before 2001 or ahead of the server's clock,
   * which reads `serverNow`, or the times are out of order, as a missing value among them makes them.
   */
  isLastDoubtful(serverNow: number): boolean {
    if (this.last === undefined) return false;
    const { time } = this.last;
    if (!(time > EARLY && time < serverNow + MOST_AHEAD)) return true;
    return this.#times.some((row, index) => index > 0 && row.time < this.#times[index - 1]!.time);
  }

  /** True for a number that can be the time of a row. */
  isTime(value: unknown): value is number {
    return typeof value === 'number' && Number.isFinite(value) && this.#test?.isMissing(value) !== true;
  }

  /** Takes over the column's test for missing values, and drops kept times that are missing values. */
  use(test: MissingTest): void {
    this.#test = test;
    this.#times = this.#times.filter(({ time }) => this.isTime(time));
  }

  /** Forgets the times, because the clock was set back. */
  clear(): void {
    this.#times = [];
  }

  /** Adds the times of the rows `from` to `to - 1`. */
  add(column: Column, from: number, to: number): void {
    const counts = new Map<number, number>();
    let row = to - 1;
    for (; row >= from; row--) {
      const value = column[row];
      if (!this.isTime(value)) continue;
      if (counts.size === MOST && !counts.has(value)) break;
      counts.set(value, (counts.get(value) ?? 0) + 1);
    }
    const isAll = row < from;
    const earlier = isAll ? this.#times : [];
    for (const { time, count } of earlier) if (counts.has(time)) counts.set(time, counts.get(time)! + count);
    const added = [...counts].map(([time, count]) => ({ time, count })).reverse();
    this.#times = [...earlier.filter(({ time }) => !counts.has(time)), ...added].slice(-MOST);
  }
}

// Keeps the times of the rows that came last, so that the last one can be told from a number that stands for no time.

import type { MissingTest } from '../../model/meaning.ts';
import type { Column } from '../../model/value.ts';

/** The last row that has come: its time in the column's units, and how many rows of exactly that time have come. */
export interface LastRow {
  readonly time: number;
  readonly count: number;
}

/** How many different times are kept: more than a column has numbers that stand for none. */
const MOST = 6;

/** The different times of the newest rows, the newest last. */
export class RecentTimes {
  #times: readonly LastRow[];
  #test: MissingTest | undefined;

  constructor(last?: LastRow) {
    this.#times = last === undefined ? [] : [last];
  }

  /** The newest one; undefined before there is one. */
  get last(): LastRow | undefined {
    return this.#times.at(-1);
  }

  /** How far apart the two newest are; 0 where that is not known. */
  get spacing(): number {
    const [before, last] = this.#times.slice(-2);
    return before === undefined || last === undefined ? 0 : Math.max(0, last.time - before.time);
  }

  /** True where the times are not in order, as they are where one of them stands for none. */
  get isOutOfOrder(): boolean {
    return this.#times.some(({ time }, index) => index > 0 && time < this.#times[index - 1]!.time);
  }

  /** True for a number that can be the time of a row. */
  isTime(value: unknown): value is number {
    return typeof value === 'number' && Number.isFinite(value) && this.#test?.isMissing(value) !== true;
  }

  /** Has the attributes of the column tell which numbers stand for no time, of those that are kept too. */
  use(test: MissingTest): void {
    this.#test = test;
    this.#times = this.#times.filter(({ time }) => this.isTime(time));
  }

  /** Forgets the times: those that follow are of a clock that was set back. */
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

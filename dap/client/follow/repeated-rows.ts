// Recognises the rows at the beginning of a connection that have come over an earlier connection.

import type { Column } from '../../model/value.ts';
import type { RecentTimes } from './recent-times.ts';

/** A gap of more than this many usual gaps is long enough for a server to have started again. */
const USUAL_GAP = 1.5;

export class RepeatedRows {
  readonly #recent: RecentTimes;
  /** The server is known to send rows of its past, or was asked for them from the beginning. */
  #hasPast: boolean;
  /** The rows of the last time that this connection may begin with and that have come before. */
  #left = 0;
  /** No row of this connection was a new one yet. */
  #mayCome = false;
  #hasMetLast = false;

  constructor(recent: RecentTimes, hasPast: boolean) {
    this.#recent = recent;
    this.#hasPast = hasPast;
  }

  /** True if this connection has brought the last row again, or a row after it. */
  get hasMetLast(): boolean {
    return this.#hasMetLast;
  }

  /** The constraint asks for rows of the past. */
  expectPast(): void {
    this.#hasPast = true;
  }

  /** A connection begins. `mayCome`: its first rows may have come before, up to `ofLastTime` of them with the last time. */
  begin(mayCome: boolean, ofLastTime: number): void {
    this.#mayCome = mayCome;
    this.#left = ofLastTime;
    this.#hasMetLast = false;
  }

  /**
   * True if a connection that should begin with the last row begins with a row of the time `first` instead. A server may have no
   * past at all, not even the last row: then a row that follows the last one as soon as other rows did is no sign.
   */
  lackLast(first: unknown): boolean {
    if (!this.#mayCome || this.#hasMetLast || !this.#recent.isTime(first)) return false;
    const gap = first - this.#recent.last!.time;
    return gap > 0 && (this.#hasPast || gap > USUAL_GAP * this.#recent.spacing);
  }

  /** The number of rows at the beginning of `times`, the next times of this connection, that have come before. */
  countIn(times: Column): number {
    const last = this.#recent.last?.time;
    if (!this.#mayCome || last === undefined) return 0;
    let row = 0;
    for (; row < times.length; row++) {
      const value = Number(times[row]);
      // A row without a time stands among the repeated rows or directly behind them: it counts as repeated.
      if (!this.#recent.isTime(value)) continue;
      if (value >= last) this.#hasMetLast = true;
      if (value === last) this.#hasPast = true;
      if (value === last && this.#left > 0) this.#left--;
      else if (!(value < last)) break;
    }
    this.#mayCome = row === times.length;
    return row;
  }
}

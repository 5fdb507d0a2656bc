// Turns rows of another server into rows of this one: times in seconds that increase, and columns of the types that are served.

import {
  type Batch,
  type Column,
  type NumberColumn,
  type NumberMeaning,
  newColumn,
  toMillis,
} from '../../../dap/protocol.ts';
import type { RelayedLayout } from './relayed-layout.ts';
import { TakenTimes } from './taken-times.ts';

/** Rows of one time get times that are a microsecond apart, so that all of them are kept. */
const MICROSECONDS = 1e6;

/** The last row that was taken. */
export interface LastTaken {
  /** Its time here, in seconds since 1970. */
  readonly stored: number;
  /** Its time on the other server, in the units of that, and the number of rows of exactly that time. */
  readonly time: number;
  readonly count: number;
}

/** Rows that were not taken, since the start. */
export interface UntakenRows {
  /** Rows that are not later than the last one: the other server's clock was set back. */
  readonly earlier: number;
  /** Rows without a time. */
  readonly timeless: number;
}

/** Seconds: more than the lead of a server whose clock was set back, which is an hour at the most. */
const MOST_AHEAD = 7200;

const NONE: LastTaken = { stored: Number.NEGATIVE_INFINITY, time: Number.NEGATIVE_INFINITY, count: 0 };

export class RowTaker {
  readonly #relayed: RelayedLayout;
  readonly #taken = new TakenTimes();
  readonly #now: () => number;
  #last: LastTaken;
  /** The rows of the last time that may come again. */
  #repeated = 0;
  #earlier = 0;
  #timeless = 0;
  #isBehind = false;
  #isAhead = false;

  /** @param now the clock of the other server, in seconds since 1970 */
  constructor(relayed: RelayedLayout, last?: LastTaken, now = () => Number.POSITIVE_INFINITY) {
    this.#relayed = relayed;
    this.#now = now;
    this.#last = last ?? NONE;
    if (last !== undefined) this.#taken.add(last.time);
  }

  get last(): LastTaken {
    return this.#last;
  }

  get untaken(): UntakenRows {
    return { earlier: this.#earlier, timeless: this.#timeless };
  }

  /** True while rows come that are not later than the last one. */
  get isBehind(): boolean {
    return this.#isBehind;
  }

  /** True if a row was far ahead of the other server's clock, where `take` stopped. */
  get isAhead(): boolean {
    return this.#isAhead;
  }

  /** Rows of the other server come again from an earlier time on, and the last ones with them. */
  startOver(): void {
    this.#repeated = this.#last.count;
  }

  /** The rows that can follow the last one; undefined if there are none. `batch` has the columns of the layout. */
  take({ length, columns }: Batch): Batch | undefined {
    const latest = this.#now() + MOST_AHEAD;
    this.#isAhead = false;
    const times = columns[0]!;
    const seconds = new Float64Array(length);
    const rows = new Uint32Array(length);
    let count = 0;
    for (let row = 0; row < length; row += 1) {
      const time = Number(times[row]);
      this.#isAhead = (this.#secondsOf(time) ?? 0) > latest;
      if (this.#isAhead) break;
      const stored = this.takeTime(time);
      if (stored === undefined) continue;
      seconds[count] = stored;
      rows[count] = row;
      count += 1;
    }
    if (count === 0) return undefined;
    const taken = count === length ? undefined : rows.subarray(0, count);
    const { layout, signs } = this.#relayed;
    const served = layout.columns;
    return {
      length: count,
      columns: [
        seconds.subarray(0, count),
        ...columns.slice(1).map((column, index) => {
          return columnIn(served[index + 1]!, column, taken, signs[index + 1]);
        }),
      ],
    };
  }

  /** Takes a row by its time alone, and gives the time that it has here; undefined for a row that cannot be taken. */
  takeTime(time: number): number | undefined {
    const seconds = this.#secondsOf(time);
    if (seconds === undefined) {
      this.#timeless += 1;
      return undefined;
    }
    if (time < this.#last.time) {
      // After a seam the other server may repeat rows that have come.
      if (!this.#taken.has(time)) {
        this.#earlier += 1;
        this.#isBehind = true;
      }
      return undefined;
    }
    if (time === this.#last.time && this.#repeated > 0) {
      this.#repeated -= 1;
      return undefined;
    }
    this.#isBehind = false;
    this.#repeated = 0;
    const stored = Math.max(seconds, microsecondAfter(this.#last.stored));
    this.#last = { stored, time, count: time === this.#last.time ? this.#last.count + 1 : 1 };
    this.#taken.add(time);
    return stored;
  }

  /** In whole microseconds since 1970, as histories store times; undefined for a missing value. */
  #secondsOf(time: number): number | undefined {
    const { units, meaning } = this.#relayed.time;
    if (!Number.isFinite(time) || meaning?.isMissing(time) === true) return undefined;
    const isPlain = units.epoch === 0 && units.millis === 1000;
    const seconds = isPlain ? time : toMillis(units, time) / 1000;
    const rounded = Math.round(seconds * MICROSECONDS) / MICROSECONDS;
    return Number.isFinite(rounded) ? rounded : undefined;
  }
}

function microsecondAfter(seconds: number): number {
  if (seconds === Number.NEGATIVE_INFINITY) return seconds;
  return Math.round(seconds * MICROSECONDS + 1) / MICROSECONDS;
}

/** A column in the type and with the sign that is served, with the rows `taken` alone, by default with all. */
function columnIn(
  field: RelayedLayout['layout']['columns'][number],
  column: Column,
  taken: Uint32Array | undefined,
  sign: NumberMeaning | undefined,
): NumberColumn {
  const length = taken?.length ?? column.length;
  const served = newColumn(field, length) as NumberColumn;
  if (taken === undefined) served.set(column as NumberColumn);
  else for (let row = 0; row < length; row += 1) served[row] = (column as NumberColumn)[taken[row]!]!;
  if (sign !== undefined) for (let row = 0; row < length; row += 1) served[row] = sign.signed(served[row]!);
  return served;
}

// Decides up to which time a request asks for rows, if the server sends rows faster than they are read.

import { Interruption } from '../http/connection.ts';

/** Seconds of the first slice, and of a slice that ends in the server's future to find out whether the server waits for its clock. */
const FIRST = 60;
const AHEAD = 5;

/** Seconds behind the server's clock up to which no row is missing: a row bears the time at which its reading began. */
const SETTLED = 30;

/** The factor by which a slice is at most longer or shorter than the last one. */
const STEP = 4;

/** Seconds that rows may be ahead of the server's clock, or of the pace of time, without counting as ahead. */
const AMISS = 10;

/** Seconds by which a server that waits for its clock may end a slice late, and the error of the estimate of its clock. */
const LATE = 5;
const VAGUE = 2;

/** The result of a slice: the next request follows at once, or the server has no new rows yet. */
export type SliceOutcome = 'go on' | 'nothing';

/** The window of time that a request asks for, in seconds since 1970. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  /** The server's clock at the time of the request. */
  readonly asked: number;
  /** The slice ends a little ahead of that clock, to find out whether the server waits for its clock. */
  readonly isProbe: boolean;
  /** The slice is all that the server has: the next request follows after a pause. */
  readonly isPoll?: true;
}

/**
 * A request has no end until rows come faster than their time passes. Then requests ask for slices of about `rows` rows, up to the
 * server's present. A server that waits there for its clock is live: requests have no end again. A server that makes rows ahead of
 * its clock, or sends an endless past as fast as it is read, is asked slice by slice for ever.
 */
export class Slices {
  #rows: number;
  /** Rows have come too fast, and the server has not proved to be live since then. */
  #isNeeded = false;
  /** The server makes rows ahead of its clock. */
  #isAhead = false;
  #isGivenUp = false;
  #length = FIRST;
  /** The first row of the response: its time, and its arrival by our clock, in seconds. */
  #first: { readonly time: number; readonly at: number } | undefined;
  /** The rows of the response. */
  #count = 0;

  /** `rows`: the approximate number of rows that a request asks for; 0 = no request is bounded. */
  constructor(rows: number) {
    this.#rows = rows;
  }

  /** False for a server that ignores the ends of slices. */
  get mayPoll(): boolean {
    return !this.#isGivenUp;
  }

  get isOn(): boolean {
    return this.#rows > 0;
  }

  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  /** Begins another response. */
  begin(): void {
    this.#first = undefined;
    this.#count = 0;
  }

  /** The slice from `from` on, if the server's clock reads `now`. */
  next(from: number, now: number): Slice {
    const to = from + this.#length;
    const isProbe = to > now && !this.#isAhead;
    return { from, to: isProbe ? Math.max(from, now) + AHEAD : to, asked: now, isProbe };
  }

  /**
   * Records `count` rows of a response without an end, the last one at `time`. True if slices are needed. `isSure`: the units of the
   * time column are known.
   */
  take(count: number, time: number, now: number, isSure: boolean): boolean {
    this.#first ??= { time, at: Date.now() / 1000 };
    this.#count += count;
    const passed = Date.now() / 1000 - this.#first.at;
    const isFast = !isSure || time - this.#first.time > 2 * passed + AMISS;
    this.#isNeeded = (this.#count > this.#rows && isFast) || time > now + AMISS;
    return this.#isNeeded;
  }

  /** Records that the answer to `slice` had `count` rows, and ended when the server's clock read `now`. */
  end(slice: Slice, count: number, now: number): SliceOutcome {
    const length = slice.to - slice.from;
    const wanted = (length * this.#rows) / Math.max(1, count);
    this.#length = Math.min(length * STEP, Math.max(length / STEP, wanted));
    if (slice.to > slice.asked + VAGUE) {
      const isLive = now >= slice.to - VAGUE;
      this.#isAhead = !isLive && count > 0;
      this.#isNeeded = !isLive;
    }
    return !this.#isNeeded || count > 0 || isSettled(slice) ? 'go on' : 'nothing';
  }

  /** Makes no more slices, since the server ignores their ends. */
  giveUp(): void {
    this.#isGivenUp = true;
    this.#rows = 0;
    this.#isNeeded = false;
  }

  /** Requests without an end again, since the server does not end its answer with the slice. */
  overdue(): void {
    this.#isNeeded = false;
  }
}

/** The slice of all rows from `from` on that the server has when its clock reads `now`. */
export function pollSlice(from: number, now: number): Slice {
  return { from, to: Math.max(from, now), asked: now, isProbe: false, isPoll: true };
}

/** The server does not end its answer at the bound, although the bound is past. */
export class Overdue extends Interruption {
  override readonly name = 'Overdue';

  constructor() {
    super('the server does not end its answer');
  }
}

/** Seconds to wait for more of the answer to `slice`; for a probe, to wait for the end of the answer. */
export function deadline({ to, isProbe }: Slice, now: number): number {
  return isProbe ? Math.max(0, to - now) + LATE : LATE;
}

/** True if the answer to `slice` holds all rows that `slice` will ever have. */
export function isSettled({ to, asked }: Slice): boolean {
  return to <= asked - SETTLED;
}

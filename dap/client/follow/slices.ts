// Decides how far in time one request asks, where the server would send rows faster than they are wanted.

import { Interruption } from '../http/connection.ts';

/** Seconds of the first slice, and of one that ends in the server's future: by it a server shows whether it waits for its clock. */
const FIRST = 60;
const AHEAD = 5;

/** Seconds before the server's clock up to which all rows are there that will be: one is stamped when its reading begins. */
const SETTLED = 30;

/** How many times longer or shorter than the last one a slice is. */
const STEP = 4;

/** Seconds that rows may be ahead of the server's clock, or of the pace of time, before they are said to be. */
const AMISS = 10;

/** Seconds by which a server that waits for its clock ends a slice late, and by which the estimate of its clock may be wrong. */
const LATE = 5;
const VAGUE = 2;

/** The result of a slice: the next request follows at once, or nothing new is there yet. */
export type Outcome = 'go on' | 'nothing';

/** A window of time, in seconds since 1970, that a request ends at. */
export interface Slice {
  readonly from: number;
  readonly to: number;
  /** What the server's clock read when it was asked for. */
  readonly asked: number;
  /** It ends a little ahead of that clock: a server that waits for it shows so. */
  readonly isProbe: boolean;
}

/**
 * A stream is asked for without an end until its rows come faster than their time passes. Then it is asked for in slices of about
 * `rows` rows, up to the server's present. A server that waits there for its clock is live, and is asked without an end again;
 * one that makes rows ahead of it, or that gives an endless past as fast as it is read, is asked slice by slice for ever.
 */
export class Slices {
  #rows: number;
  /** Rows have come too fast, and the server is not known to be live since then. */
  #isNeeded = false;
  /** The server makes rows ahead of its clock. */
  #isAhead = false;
  #length = FIRST;
  /** When the first row of the response came by our clock, its time, and how many came since; all in seconds. */
  #first: { readonly time: number; readonly at: number } | undefined;
  #count = 0;

  /** `rows`: how many rows a request asks for, about; 0 = no request is bounded. */
  constructor(rows: number) {
    this.#rows = rows;
  }

  get isOn(): boolean {
    return this.#rows > 0;
  }

  get isNeeded(): boolean {
    return this.#isNeeded;
  }

  /** Another response begins. */
  begin(): void {
    this.#first = undefined;
    this.#count = 0;
  }

  /** The slice from `from` on, where the server's clock reads `now`. */
  next(from: number, now: number): Slice {
    const to = from + this.#length;
    const isProbe = to > now && !this.#isAhead;
    return { from, to: isProbe ? Math.max(from, now) + AHEAD : to, asked: now, isProbe };
  }

  /**
   * Takes note of `count` rows of a response without an end, the last one of `time`. True where slices are needed.
   * `isSure`: it is known how the column counts time.
   */
  take(count: number, time: number, now: number, isSure: boolean): boolean {
    this.#first ??= { time, at: Date.now() / 1000 };
    this.#count += count;
    const passed = Date.now() / 1000 - this.#first.at;
    const isFast = !isSure || time - this.#first.time > 2 * passed + AMISS;
    this.#isNeeded = (this.#count > this.#rows && isFast) || time > now + AMISS;
    return this.#isNeeded;
  }

  /** `slice` was answered with `count` rows, and ended when the server's clock read `now`. */
  end(slice: Slice, count: number, now: number): Outcome {
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

  /** The server ignores where a slice ends. */
  giveUp(): void {
    this.#rows = 0;
    this.#isNeeded = false;
  }

  /** The server does not end its answer where a slice ends: it is asked without an end again. */
  overdue(): void {
    this.#isNeeded = false;
  }
}

/** The error for a server that does not end its answer at the bound, though that is past. */
export class Overdue extends Interruption {
  override readonly name = 'Overdue';

  constructor() {
    super('the server does not end its answer');
  }
}

/** Seconds to wait for more of the answer to `slice`; where the server waits for its clock, for the end of the answer. */
export function deadline({ to, isProbe }: Slice, now: number): number {
  return isProbe ? Math.max(0, to - now) + LATE : LATE;
}

/** True where all rows of `slice` have come with its answer. */
export function isSettled({ to, asked }: Slice): boolean {
  return to <= asked - SETTLED;
}

// Keeps the rows of the stretch that the charts show: asks for them when the stretch moves, and for the newest ones as they come.

import { joined, type PastRows, type Stretch } from './past-rows.ts';
import type { PastSource } from './past-source.ts';

/** Milliseconds that a stretch has to stand still before its rows are asked for: a drag passes through many. */
const STANDS = 120;

/** A stretch is asked for with this share of its length before and behind it, so that a drag finds rows there. */
const MARGIN = 0.5;

/** Milliseconds between two requests for the newest rows, at least and at most. */
const SOONEST = 2000;
const LATEST = 60_000;

/** Milliseconds after which a request that failed is made again. */
const RETRY = 5000;

/** Milliseconds that a request has before another stretch takes its place: a drag passes through many. */
const LEAST_CHANCE = 500;

/** Milliseconds after which a server counts as waiting for a row behind the end of a request. */
const PATIENCE = 3000;

export interface WantedStretch extends Stretch {
  /** CSS pixels along the time axis. */
  readonly width: number;
  /** Milliseconds between rows, if it is known. */
  readonly usual: number | undefined;
  /** The time of the newest row, in milliseconds: nothing behind it is asked for. */
  readonly newest: number;
}

export interface PastViewEvents {
  /** Rows have come, or a request has begun or failed. */
  changed(): void;
}

/** What a request asks for. */
interface AskedStretch extends Stretch {
  /** Milliseconds of an interval. */
  readonly interval: number;
  /** When it was made, by `performance.now()`. */
  readonly at: number;
}

export class PastView {
  readonly #source: Pick<PastSource, 'intervalOf' | 'rows'>;
  readonly #events: PastViewEvents;
  #rows: PastRows | undefined;
  #wanted: WantedStretch | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | undefined;
  #asked: AskedStretch | undefined;
  /** The server ends an answer only once it has a row at the end of the request, or behind it. */
  #isWaiting = false;
  #failure: unknown;
  /** When the newest rows were asked for last, by `performance.now()`. */
  #followedAt = Number.NEGATIVE_INFINITY;

  constructor(source: Pick<PastSource, 'intervalOf' | 'rows'>, events: PastViewEvents) {
    this.#source = source;
    this.#events = events;
  }

  /** The rows that are there; those of another stretch while the wanted ones are on their way. */
  get rows(): PastRows | undefined {
    return this.#rows;
  }

  get isLoading(): boolean {
    return this.#request !== undefined || this.#timer !== undefined;
  }

  /** The error of the last request; undefined once rows have come. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Wants the rows of a stretch. Cheap for one that is there. */
  show(wanted: WantedStretch): void {
    this.#wanted = wanted;
    if (this.#timer !== undefined) return;
    if (this.#asked !== undefined) {
      if (!this.#isOvertaken(this.#asked, wanted)) return;
      this.#stop();
      this.#askSoon(0);
    } else if (this.#lacks(this.#rows, wanted)) this.#askSoon(this.#rows === undefined ? 0 : STANDS);
    else if (this.#isBehind(wanted)) void this.#ask(true);
  }

  /** Ends every request, and forgets the rows. */
  close(): void {
    this.#wanted = undefined;
    this.#stop();
    this.#rows = undefined;
    this.#failure = undefined;
  }

  #stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#request?.abort();
    this.#request = undefined;
    this.#asked = undefined;
  }

  /** Whether another request has to take the place of the one that is under way. Notes a server that waits for a row. */
  #isOvertaken(asked: AskedStretch, wanted: WantedStretch): boolean {
    const age = performance.now() - asked.at;
    if (age > PATIENCE && asked.to > wanted.newest) {
      this.#isWaiting = true;
      return true;
    }
    return age > LEAST_CHANCE && this.#lacks(asked, wanted);
  }

  /** Whether `rows` lack a part of the stretch, or are of another interval. */
  #lacks(
    rows: Pick<PastRows, 'from' | 'to' | 'interval'> | undefined,
    { from, to, width, usual, newest }: WantedStretch,
  ): boolean {
    if (rows === undefined) return true;
    if (rows.interval !== 1000 * this.#source.intervalOf({ from, to }, width, usual)) return true;
    return rows.from > from || Math.min(to, newest) - rows.to > this.#reach(rows);
  }

  /** The end of a request for rows up to `to`: no server has to wait for the newest row, and few have to know that none follows. */
  #endFor(to: number, newest: number): number {
    return Math.min(to, this.#isWaiting ? newest : newest + 1);
  }

  /** How far behind the newest row the rows may end before the whole stretch is asked for. */
  #reach({ interval, from, to }: Pick<PastRows, 'from' | 'to' | 'interval'>): number {
    return Math.max(4 * interval, (to - from) / 4, 2 * LATEST);
  }

  #isBehind({ to, newest }: WantedStretch): boolean {
    const rows = this.#rows!;
    if (this.#endFor(to, newest) <= rows.to) return false;
    const every = Math.max(SOONEST, Math.min(LATEST, rows.interval));
    return performance.now() - this.#followedAt >= every;
  }

  #askSoon(after: number): void {
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      const wanted = this.#wanted;
      if (wanted === undefined) return;
      if (this.#lacks(this.#rows, wanted)) void this.#ask(false);
    }, after);
  }

  /** @param isTail asks for the rows behind those that are there alone. Does not reject. */
  async #ask(isTail: boolean): Promise<void> {
    const wanted = this.#wanted!;
    const { from, to, width, usual, newest } = wanted;
    const request = new AbortController();
    this.#request = request;
    this.#followedAt = performance.now();
    if (!isTail) this.#events.changed();
    try {
      const interval = this.#source.intervalOf(wanted, width, usual);
      const spare = (to - from) * MARGIN;
      const end = this.#endFor(to + spare, newest);
      const old = isTail ? this.#rows : undefined;
      // The last interval was not complete.
      const begin = old === undefined ? from - spare : Math.max(old.from, old.to - Math.max(old.interval, 1));
      const stretch = { from: begin, to: Math.max(end, begin + 1) };
      const all = { from: Math.min(begin, old?.from ?? begin), to: stretch.to };
      this.#asked = { ...all, interval: 1000 * interval, at: performance.now() };
      const rows = await this.#source.rows(stretch, interval, usual, request.signal);
      if (this.#request !== request) return;
      // Of a stretch that moves on, rows that are far behind it go: it may move on for months.
      this.#rows = old === undefined ? rows : joined(old, rows, from - spare);
      this.#failure = undefined;
    } catch (error) {
      if (this.#request !== request) return;
      this.#failure = error;
      this.#timer = setTimeout(() => {
        this.#timer = undefined;
        if (this.#wanted !== undefined) void this.#ask(false);
      }, RETRY);
    }
    this.#request = undefined;
    this.#asked = undefined;
    this.#events.changed();
    if (this.#wanted !== undefined && this.#timer === undefined) this.show(this.#wanted);
  }
}

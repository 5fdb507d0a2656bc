// Holds back rows that run ahead of the server's clock; rows of the past are due at once.

import type { ServerClock } from './server-clock.ts';
import { Spacing } from './spacing.ts';

/** Rows that a stream may begin with, however far ahead, while nothing is known of the server's clock. */
const FIRST_ROWS = 5000;

/** Milliseconds that a row may be early: it then improves the estimate of the clock. */
const EARLY = 1000;

/** A gap of more than this many usual gaps, ahead of the clock, means that the clock was set forward. */
const STEP = 3;

/** The time of the server's clock at a time of the browser's, in milliseconds; rather too late than too early. */
export interface KnownTime {
  readonly server: number;
  readonly browser: number;
}

/**
 * Some servers make rows as fast as they are read: a simulation, a recording. A page that read on would run ahead without
 * end; while the page waits, the server waits too. The rows of a live server are always due, also those of the past and those
 * that a slow network has delayed.
 */
export class RowThrottle {
  readonly #clock: ServerClock;
  readonly #known: KnownTime | undefined;
  readonly #spacing = new Spacing();
  #rows = 0;
  /** A row had to wait: from then on early rows tell nothing about the clock. */
  #runsAhead = false;

  constructor(clock: ServerClock, known?: KnownTime) {
    this.#clock = clock;
    this.#known = known;
  }

  /**
   * Milliseconds from `browser` until the row with the time `server` is due; 0 for now. Expects the rows in their order, and a
   * row that had to wait once more.
   */
  wait(server: number, browser: number): number {
    if (!Number.isFinite(server)) return 0;
    const ahead = server - (this.#clock.now(browser) ?? server);
    if (ahead > (this.#runsAhead ? 0 : EARLY) && !this.#hasPassed(server, browser)) {
      if (!this.#isStep(server)) {
        this.#runsAhead = true;
        return ahead;
      }
      this.#clock.reset();
    }
    this.#clock.observe(server, browser);
    this.#spacing.add(server);
    this.#rows++;
    return 0;
  }

  /** True unless the server is known to make this row before its time. */
  #hasPassed(server: number, browser: number): boolean {
    if (this.#known === undefined) return this.#rows < FIRST_ROWS;
    return server - this.#known.server <= browser - this.#known.browser;
  }

  #isStep(server: number): boolean {
    const { usual, last } = this.#spacing;
    return usual !== undefined && last !== undefined && server - last > Math.max(EARLY, STEP * usual);
  }
}

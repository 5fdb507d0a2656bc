// When a row is due: rows of the past at once, rows that run ahead of the clock when it gets there.

import type { ServerClock } from './clock.ts';
import { Spacing } from './spacing.ts';

/** Rows that a stream may begin with, however far ahead, where nothing is known of the server's clock. */
const FIRST_ROWS = 5000;

/** Milliseconds that a row may be early: the clock is then better known than before, not overtaken. */
const EARLY = 1000;

/** A gap of so many usual ones, ahead of the clock, is a clock that was set forward, not a row made too early. */
const STEP = 3;

/** What a server's clock read at a time of the browser's, in milliseconds; rather too late than too early. */
export interface KnownTime {
  readonly server: number;
  readonly browser: number;
}

/**
 * Some servers make rows as fast as they are read: a simulation, a recording. A page that read on would run ahead without
 * end; one that waits lets the server wait too. A live server's rows are always due, also those of the past, and those
 * that a slow network has held up.
 */
export class Pace {
  readonly #clock: ServerClock;
  readonly #known: KnownTime | undefined;
  readonly #spacing = new Spacing();
  #rows = 0;
  /** A row had to wait: from then on early rows say nothing of the clock. */
  #runsAhead = false;

  constructor(clock: ServerClock, known?: KnownTime) {
    this.#clock = clock;
    this.#known = known;
  }

  /**
   * Milliseconds from `browser` until the row stamped `server` is due; 0 for now. Rows come in their order, and a row
   * that had to wait is asked about again.
   */
  wait(server: number, browser: number): number {
    if (!Number.isFinite(server)) return 0;
    const ahead = server - (this.#clock.now(browser) ?? server);
    if (ahead > (this.#runsAhead ? 0 : EARLY) && !this.#hasBeen(server, browser)) {
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

  /** True where the server cannot be said to make this row before its time. */
  #hasBeen(server: number, browser: number): boolean {
    if (this.#known === undefined) return this.#rows < FIRST_ROWS;
    return server - this.#known.server <= browser - this.#known.browser;
  }

  #isStep(server: number): boolean {
    const { usual, last } = this.#spacing;
    return usual !== undefined && last !== undefined && server - last > Math.max(EARLY, STEP * usual);
  }
}

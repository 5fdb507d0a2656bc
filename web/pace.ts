// When a row is due: rows of the past at once, rows that run ahead of the clock when it gets there.

import type { ServerClock } from './clock.ts';
import { Spacing } from './spacing.ts';

/** Rows that a stream may begin with, however far ahead: what a server keeps of the past, or a first chartful. */
const FIRST_ROWS = 5000;

/** Milliseconds that a row may be early: the clock is then better known than before, not overtaken. */
const EARLY = 1000;

/** A gap of so many usual ones, ahead of the clock, is a clock that was set forward, not a row made too early. */
const STEP = 3;

/**
 * Some servers make rows as fast as they are read: a simulation, a recording. A page that read on would run ahead without
 * end; one that waits lets the server wait too. A live server's rows are always due.
 */
export class Pace {
  readonly #clock: ServerClock;
  readonly #past: number;
  readonly #spacing = new Spacing();
  #rows = 0;
  #historyEnds: number | undefined;

  /** `past`: milliseconds of the past that the stream was asked to begin with; 0 where it was not. */
  constructor(clock: ServerClock, past: number) {
    this.#clock = clock;
    this.#past = past;
  }

  /**
   * Milliseconds from `browser` until the row stamped `server` is due; 0 for now. Rows come in their order, and a row
   * that had to wait is asked about again.
   */
  wait(server: number, browser: number): number {
    this.#historyEnds ??= server + this.#past;
    const now = this.#clock.now(browser) ?? server;
    const ahead = server - now;
    const wait = this.#isDue(server, ahead) ? 0 : ahead;
    if (wait === 0) this.#take(server, browser, ahead);
    return wait;
  }

  #isDue(server: number, ahead: number): boolean {
    if (ahead <= EARLY || server <= this.#historyEnds!) return true;
    if (this.#past === 0 && this.#rows < FIRST_ROWS) return true;
    return this.#isStep(server);
  }

  #isStep(server: number): boolean {
    const { usual, last } = this.#spacing;
    return usual !== undefined && last !== undefined && server - last > Math.max(EARLY, STEP * usual);
  }

  #take(server: number, browser: number, ahead: number): void {
    if (ahead > EARLY && this.#isStep(server)) this.#clock.reset();
    this.#clock.observe(server, browser);
    this.#spacing.add(server);
    this.#rows++;
  }
}

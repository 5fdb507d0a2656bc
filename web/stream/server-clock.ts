// Estimates the server's time from the rows that arrive: the offset between the two clocks with the least delay.

/** Milliseconds for which an arrival counts: long enough to contain a quick one, short enough to follow the drift of a clock. */
const HALF_WINDOW = 60_000;

/** Offsets that differ by more than this, in milliseconds, are those of a clock that was set. */
const JUMP = 2000;

/** Share of the passing time by which the estimate is corrected, so that a chart glides there. */
const SLEW = 0.1;

/**
 * For a row with the time `s` that arrives at browser time `b`, `b - s` is the difference of the clocks plus the delay of the
 * row; the least difference of the last minute or two is the best estimate. All times are in milliseconds; the browser's
 * should come from a clock that is never set, such as `performance.now()`.
 */
export class ServerClock {
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #windowEnds = Number.NEGATIVE_INFINITY;
  #offset: number | undefined;
  /** The browser's time of the last correction. */
  #corrected = 0;

  /** Notes a row with the time `server` that arrived at `browser`. */
  observe(server: number, browser: number): void {
    if (browser >= this.#windowEnds) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
      this.#windowEnds = browser + HALF_WINDOW;
    }
    this.#least = Math.min(this.#least, browser - server);
    if (this.#offset === undefined) {
      this.#offset = this.#least;
      this.#corrected = browser;
    }
  }

  /** The server's time at `browser`; undefined before the first row. */
  now(browser: number): number | undefined {
    if (this.#offset === undefined) return undefined;
    const best = Math.min(this.#least, this.#leastBefore);
    const error = best - this.#offset;
    const step = SLEW * Math.max(0, browser - this.#corrected);
    this.#offset += Math.abs(error) > JUMP ? error : Math.max(-step, Math.min(step, error));
    this.#corrected = browser;
    return browser - this.#offset;
  }

  /** Forgets everything: the rows that follow have times of another clock. */
  reset(): void {
    this.#least = Number.POSITIVE_INFINITY;
    this.#leastBefore = Number.POSITIVE_INFINITY;
    this.#windowEnds = Number.NEGATIVE_INFINITY;
    this.#offset = undefined;
  }
}

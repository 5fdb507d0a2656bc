// What time it is at the server now, judged from the rows that arrive: the least-delay offset between the two clocks.

/** Milliseconds for which an arrival counts: long enough to meet a quick one, short enough to follow a clock's drift. */
const HALF_WINDOW = 60_000;

/** Offsets that differ by more than this, in milliseconds, are another clock, not the same one seen better. */
const JUMP = 2000;

/** Share of the passing time by which the clock is put right, so that a chart glides there. */
const SLEW = 0.1;

/**
 * A row that arrives at browser time `b` and was stamped `s` has been under way for at least some time, so `b - s` is the
 * difference of the clocks plus that delay; the least of the last minute or two is the best estimate. All times are in
 * milliseconds; the browser's should come from a clock that is never set, such as `performance.now()`.
 */
export class ServerClock {
  #least = Number.POSITIVE_INFINITY;
  #leastBefore = Number.POSITIVE_INFINITY;
  #windowEnds = Number.NEGATIVE_INFINITY;
  #offset: number | undefined;
  #asked = 0;

  /** Takes note of a row stamped `server` that arrived at `browser`. */
  observe(server: number, browser: number): void {
    if (browser >= this.#windowEnds) {
      this.#leastBefore = this.#least;
      this.#least = Number.POSITIVE_INFINITY;
      this.#windowEnds = browser + HALF_WINDOW;
    }
    this.#least = Math.min(this.#least, browser - server);
    if (this.#offset === undefined) {
      this.#offset = this.#least;
      this.#asked = browser;
    }
  }

  /** The server's time at `browser`; undefined before the first row. */
  now(browser: number): number | undefined {
    if (this.#offset === undefined) return undefined;
    const wanted = Math.min(this.#least, this.#leastBefore);
    const wrong = wanted - this.#offset;
    const step = SLEW * Math.max(0, browser - this.#asked);
    this.#offset += Math.abs(wrong) > JUMP ? wrong : Math.max(-step, Math.min(step, wrong));
    this.#asked = browser;
    return browser - this.#offset;
  }

  /** Forgets everything: the rows that follow are stamped by another clock. */
  reset(): void {
    this.#least = Number.POSITIVE_INFINITY;
    this.#leastBefore = Number.POSITIVE_INFINITY;
    this.#windowEnds = Number.NEGATIVE_INFINITY;
    this.#offset = undefined;
  }
}

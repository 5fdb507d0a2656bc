// When do readers at the head of a log hear of new rows? At once; where telling them takes long, together and less often.

/** Rows wait this long for others at the most, in milliseconds. */
const LONGEST_WINDOW = 20;

/** A window is so many times as long as telling everyone took, so that it takes a fifth of the time at the most. */
const WINDOW_PER_COST = 4;

/** Telling everyone in less than this many milliseconds needs no window. */
const CHEAP = 0.5;

/** After so many milliseconds of telling the event loop turns: sensors are read and requests answered in between. */
const LONGEST_RUN = 1;

/**
 * Tells those who wait for rows. With few readers or few rows each row is told of at once; with many of both, the rows of a
 * window of up to 20 ms are told of together.
 */
export class Announcer {
  #waiting = new Set<() => void>();
  /** Those who are being told, and the milliseconds that it has taken so far. */
  readonly #hearing = new Set<() => void>();
  #cost = 0;
  #isTelling = false;
  /** Rows have come that not all of those have heard of who were told already. */
  #isStale = false;
  #window = 0;
  #lastTold = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `wake` once, at the next announcement. */
  wait(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
    this.#hearing.delete(wake);
  }

  /** Rows have come: tells of them now, or when the window is over. */
  rowsCame(): void {
    if (this.#isTelling) this.#isStale = true;
    else if (this.#timer === undefined && this.#waiting.size > 0) {
      const left = this.#lastTold + this.#window - performance.now();
      if (left <= 0) this.tell();
      else this.#timer = setTimeout(() => this.tell(), left);
    }
  }

  /** Tells everyone, beginning now. */
  tell(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const wake of this.#waiting) this.#hearing.add(wake);
    this.#waiting = new Set();
    if (this.#isTelling) return;
    this.#isTelling = true;
    this.#cost = 0;
    this.#run();
  }

  #run(): void {
    const begun = performance.now();
    let now = begun;
    for (const wake of this.#hearing) {
      this.#hearing.delete(wake);
      wake();
      now = performance.now();
      if (now - begun > LONGEST_RUN) break;
    }
    this.#cost += now - begun;
    if (this.#hearing.size > 0) {
      setImmediate(() => this.#run());
      return;
    }
    this.#isTelling = false;
    this.#lastTold = now;
    this.#window = this.#cost < CHEAP ? 0 : Math.min(LONGEST_WINDOW, this.#cost * WINDOW_PER_COST);
    if (!this.#isStale) return;
    this.#isStale = false;
    this.rowsCame();
  }
}

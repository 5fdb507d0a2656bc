// Wakes readers that wait for new rows: at once, or for several rows together when waking all readers takes long.

/** The longest time that a row waits to be announced together with others, in milliseconds. */
const LONGEST_WINDOW = 20;

/** The window's length in units of the last announcement's duration: announcements take a fifth of the time at the most. */
const WINDOW_PER_COST = 4;

/** An announcement that takes less than this many milliseconds needs no window. */
const CHEAP = 0.5;

/**
 * Milliseconds after which an announcement lets the event loop turn, to read sensors and answer requests: a sensor that is read each
 * millisecond misses a slot that is half of that late.
 */
const LONGEST_RUN = 0.25;

/**
 * Announces rows to readers that wait. With few readers or few rows it announces each row at once; with many of both, it announces the
 * rows of a window of up to 20 ms together.
 */
export class Announcer {
  #waiting = new Set<() => void>();
  /** Readers that the running announcement has still to wake, and the milliseconds that it has taken so far. */
  readonly #hearing = new Set<() => void>();
  #cost = 0;
  #isAnnouncing = false;
  /** Rows have come during the announcement, which the readers woken before do not know of. */
  #isStale = false;
  #window = 0;
  #lastAnnounced = Number.NEGATIVE_INFINITY;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `wake` once, at the next announcement. */
  wait(wake: () => void): void {
    this.#waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.#waiting.delete(wake);
    this.#hearing.delete(wake);
  }

  /** Rows have come: announces them now, or when the window is over. */
  rowsCame(): void {
    if (this.#isAnnouncing) this.#isStale = true;
    else if (this.#timer === undefined && this.#waiting.size > 0) {
      const left = this.#lastAnnounced + this.#window - performance.now();
      if (left <= 0) this.announce();
      else this.#timer = setTimeout(() => this.announce(), left);
    }
  }

  /** Wakes all readers, beginning now. */
  announce(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    for (const wake of this.#waiting) this.#hearing.add(wake);
    this.#waiting = new Set();
    if (this.#isAnnouncing) return;
    this.#isAnnouncing = true;
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
    this.#isAnnouncing = false;
    this.#lastAnnounced = now;
    this.#window = this.#cost < CHEAP ? 0 : Math.min(LONGEST_WINDOW, this.#cost * WINDOW_PER_COST);
    if (!this.#isStale) return;
    this.#isStale = false;
    this.rowsCame();
  }
}

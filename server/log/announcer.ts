// When do readers at the head of a log hear of new rows? At once; where telling them takes long, together and less often.

/** Rows wait this long for others at the most, in milliseconds. */
const LONGEST_WINDOW = 20;

/** A window is so many times as long as telling everyone took, so that it takes a fifth of the time at the most. */
const WINDOW_PER_COST = 4;

/** Telling everyone in less than this many milliseconds needs no window. */
const CHEAP = 0.5;

/**
 * Tells those who wait for rows. With few readers or few rows each row is told of at once; with many of both, the rows of a
 * window of up to 20 ms are told of together.
 */
export class Announcer {
  private waiting = new Set<() => void>();
  /** Those whom the announcement that is under way tells. */
  private telling = new Set<() => void>();
  private window = 0;
  private lastTold = Number.NEGATIVE_INFINITY;
  private timer: ReturnType<typeof setTimeout> | undefined;

  /** Calls `wake` once, at the next announcement. */
  wait(wake: () => void): void {
    this.waiting.add(wake);
  }

  forget(wake: () => void): void {
    this.waiting.delete(wake);
    this.telling.delete(wake);
  }

  /** Rows have come: tells of them now, or when the window is over. */
  rowsCame(): void {
    if (this.timer !== undefined || this.waiting.size === 0) return;
    const left = this.lastTold + this.window - performance.now();
    if (left <= 0) this.tell();
    else this.timer = setTimeout(() => this.tell(), left);
  }

  /** Tells everyone now. */
  tell(): void {
    clearTimeout(this.timer);
    this.timer = undefined;
    const begun = performance.now();
    this.telling = this.waiting;
    this.waiting = new Set();
    for (const wake of this.telling) wake();
    this.telling.clear();
    this.lastTold = performance.now();
    const cost = this.lastTold - begun;
    this.window = cost < CHEAP ? 0 : Math.min(LONGEST_WINDOW, cost * WINDOW_PER_COST);
  }
}

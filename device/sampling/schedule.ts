// When rows are due: slots at start + n x interval on the monotonic clock, laid on whole multiples in wall time.

/** A slot is still taken when it comes up to this share of an interval late, and none is laid closer to another row. */
const HALF = 0.5;

/**
 * Slots that do not drift, since each is counted from the start and none from the one before. A row at once, outside
 * the slots, is the caller's matter: `align` lays the first slot half to one and a half intervals later.
 */
export class Schedule {
  readonly #interval: number;
  #start = 0;
  #slot = 0;

  /** @param interval seconds, > 0 */
  constructor(interval: number) {
    this.#interval = interval;
  }

  /** The next slot, in seconds on the monotonic clock. */
  get due(): number {
    return this.#start + this.#slot * this.#interval;
  }

  /**
   * Lays the slots on whole multiples of the interval since 1970 as the system clock has it; to be called with a row
   * that has just been taken, first and whenever the system clock was set.
   */
  align(monotonic: number, wall: number): void {
    const sinceMultiple = wall % this.#interval;
    this.#start = monotonic - sinceMultiple;
    this.#slot = sinceMultiple > HALF * this.#interval ? 2 : 1;
  }

  /** The slot that was due has been taken: moves on to the one after. */
  taken(): void {
    this.#slot++;
  }

  /**
   * Skips the slots that are more than half an interval past: what was not measured then is not made up for in a
   * burst now.
   * @returns how many were skipped
   */
  skipMissed(monotonic: number): number {
    const slot = Math.max(this.#slot, Math.ceil((monotonic - this.#start) / this.#interval - HALF));
    const missed = slot - this.#slot;
    this.#slot = slot;
    return missed;
  }
}

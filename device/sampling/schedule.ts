// Computes when rows are due: at start + n x interval on the monotonic clock, aligned to whole multiples in wall time.

/** The share of an interval by which a slot may be late, and the least distance of a slot to the row before. */
const HALF = 0.5;

/** The longest wait for a first row on a slot, in seconds. */
const LONGEST_FIRST_WAIT = 0.5;

/**
 * Slots that do not drift, since each is computed from the start and not from the slot before. The caller makes a first row
 * outside the slots: `align` puts the first slot half to one and a half intervals later.
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
   * The seconds by which a first row should wait, so that it lies on a slot: `align` would leave out that slot otherwise, and
   * the second row would come up to one and a half intervals later. 0 if the slot is not that near.
   */
  firstWait(wall: number): number {
    const untilMultiple = this.#interval - (wall % this.#interval);
    return untilMultiple < Math.min(HALF * this.#interval, LONGEST_FIRST_WAIT) ? untilMultiple : 0;
  }

  /**
   * Aligns the slots to whole multiples of the interval since 1970 by the system clock. Called right after a row, at first and
   * after each step of the system clock.
   */
  align(monotonic: number, wall: number): void {
    const sinceMultiple = wall % this.#interval;
    this.#start = monotonic - sinceMultiple;
    this.#slot = sinceMultiple > HALF * this.#interval ? 2 : 1;
  }

  /** Moves on to the slot after the slot that was due. */
  taken(): void {
    this.#slot++;
  }

  /**
   * Skips the slots that are more than half an interval past, so that late rows do not come in a burst.
   * @returns how many slots were skipped
   */
  skipMissed(monotonic: number): number {
    const slot = Math.max(this.#slot, Math.ceil((monotonic - this.#start) / this.#interval - HALF));
    const missed = slot - this.#slot;
    this.#slot = slot;
    return missed;
  }
}

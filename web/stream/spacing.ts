// Measures how far apart the rows of a stream usually are.

/** The number of the last gaps that count. */
const REMEMBERED = 64;

/** Nine of ten gaps are no longer than the usual gap: that is the interval of regular rows, and a long gap of others. */
const USUAL = 0.9;

/** Expects the times of rows, in milliseconds. */
export class Spacing {
  readonly #gaps = new Float64Array(REMEMBERED);
  #count = 0;
  #last: number | undefined;
  #usual: number | undefined;

  /** The time of the newest row; undefined before the first. */
  get last(): number | undefined {
    return this.#last;
  }

  /** The usual gap in milliseconds; undefined before two rows have come. */
  get usual(): number | undefined {
    this.#usual ??= this.#quantile(USUAL);
    return this.#usual;
  }

  /** The median gap in milliseconds, which an interruption does not change; undefined before two rows have come. */
  get median(): number | undefined {
    return this.#quantile(0.5);
  }

  add(time: number): void {
    if (this.#last !== undefined && time > this.#last) {
      this.#gaps[this.#count++ % REMEMBERED] = time - this.#last;
      this.#usual = undefined;
    }
    this.#last = time;
  }

  #quantile(share: number): number | undefined {
    const gaps = this.#gaps.slice(0, Math.min(this.#count, REMEMBERED)).sort();
    return gaps[Math.max(0, Math.ceil(gaps.length * share) - 1)];
  }
}

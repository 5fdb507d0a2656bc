// How far apart the rows of a stream usually are.

/** How many of the last gaps count. */
const REMEMBERED = 64;

/** Nine of ten gaps are no longer than what is usual: of regular rows that is their interval, of others a long gap. */
const USUAL = 0.9;

/** Learns from the times of rows, in milliseconds. */
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

  /** The gap in the middle, which an interruption does not change: half are shorter; undefined as `usual` is. */
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

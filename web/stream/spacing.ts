// Measures how far apart the rows of a stream usually are.

/** The number of the last gaps that count. */
const REMEMBERED = 64;

/** Nine of ten gaps are no longer than the usual gap: that is the interval of regular rows, and a long gap of others. */
const USUAL = 0.9;

/** Expects the times of rows, in milliseconds. */
export class Spacing {
  /** The last gaps in the order of the rows, each in place of the oldest. */
  readonly #gaps = new Float64Array(REMEMBERED);
  /** The same gaps by their length: sorting them for each row would take longer than all else that a row needs. */
  readonly #sorted = new Float64Array(REMEMBERED);
  #count = 0;
  #last: number | undefined;

  /** The time of the newest row; undefined before the first. */
  get last(): number | undefined {
    return this.#last;
  }

  /** The usual gap in milliseconds; undefined before two rows have come. */
  get usual(): number | undefined {
    return this.#quantile(USUAL);
  }

  /** The median gap in milliseconds, which an interruption does not change; undefined before two rows have come. */
  get median(): number | undefined {
    return this.#quantile(0.5);
  }

  add(time: number): void {
    if (this.#last !== undefined && time > this.#last) this.#addGap(time - this.#last);
    this.#last = time;
  }

  #addGap(gap: number): void {
    const sorted = this.#sorted;
    const place = this.#count % REMEMBERED;
    const isFull = this.#count >= REMEMBERED;
    // The place that the oldest gap leaves moves to where the new one belongs.
    let at = isFull ? sorted.indexOf(this.#gaps[place]!) : this.#count;
    const end = isFull ? REMEMBERED : this.#count + 1;
    for (; at > 0 && sorted[at - 1]! > gap; at--) sorted[at] = sorted[at - 1]!;
    for (; at + 1 < end && sorted[at + 1]! < gap; at++) sorted[at] = sorted[at + 1]!;
    sorted[at] = gap;
    this.#gaps[place] = gap;
    this.#count++;
  }

  #quantile(share: number): number | undefined {
    const length = Math.min(this.#count, REMEMBERED);
    return length === 0 ? undefined : this.#sorted[Math.max(0, Math.ceil(length * share) - 1)];
  }
}

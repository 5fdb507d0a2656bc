// Computes the number, the least, the mean and the greatest of the values of one column in one interval.

import type { MissingTest } from '../../model/meaning.ts';
import type { Column, NumberColumn } from '../../model/value.ts';

/** Summaries of the values of a column: one for each of several stretches of time. */
export interface ColumnSummaries {
  /** The numbers of values. */
  readonly counts: NumberColumn;
  /** The least and the greatest values; any numbers in stretches without values. */
  readonly least: NumberColumn;
  readonly greatest: NumberColumn;
  readonly means: NumberColumn;
  /** What the products of the counts and the means lack of the sums, as `NumberSummary.rest` gives it. */
  readonly rests: NumberColumn;
}

/** Summarises the values of a column, one interval after another. */
export interface Summary {
  /** The number of values; missing values count nowhere. */
  readonly count: number;
  /** NaN without a value, and for texts. */
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** The common text of all values; empty if they differ, and for numbers. */
  readonly text: string;
  /** Adds the rows `from` to `to - 1`. */
  add(column: Column, from: number, to: number): void;
  /** Begins the next interval. */
  clear(): void;
}

/**
 * Summarises numbers. Keeps their sum and its rounding error (Knuth's two-sum), so that the mean is right to the last digit or two for
 * any number of values, and does not depend on the size of the batches.
 */
export class NumberSummary implements Summary {
  readonly text = '';
  count = 0;
  readonly #missing: MissingTest;
  #least = Number.POSITIVE_INFINITY;
  #greatest = Number.NEGATIVE_INFINITY;
  #sum = 0;
  #lost = 0;

  constructor(missing: MissingTest) {
    this.#missing = missing;
  }

  get min(): number {
    return this.count === 0 ? Number.NaN : this.#least;
  }

  get max(): number {
    return this.count === 0 ? Number.NaN : this.#greatest;
  }

  get mean(): number {
    if (this.count === 0) return Number.NaN;
    // An infinite value makes the rounding error NaN.
    const sum = Number.isNaN(this.#lost) ? this.#sum : this.#sum + this.#lost;
    return Math.min(this.#greatest, Math.max(this.#least, sum / this.count));
  }

  /** What the product of the count and the mean lacks of the sum: both together have every digit that the sum was computed with. */
  get rest(): number {
    const product = this.mean * this.count;
    const rest = this.#sum - product - productError(this.mean, this.count, product) + this.#lost;
    return Number.isFinite(rest) ? rest : 0;
  }

  add(column: Column, from: number, to: number): void {
    const values = column as NumberColumn;
    const missing = this.#missing;
    let { count } = this;
    let [least, greatest, sum, lost] = [this.#least, this.#greatest, this.#sum, this.#lost];
    for (let row = from; row < to; row++) {
      const value = values[row]!;
      if (missing.isMissing(value)) continue;
      count++;
      if (value < least) least = value;
      if (value > greatest) greatest = value;
      const next = sum + value;
      const part = next - sum;
      lost += sum - (next - part) + (value - part);
      sum = next;
    }
    this.count = count;
    this.#least = least;
    this.#greatest = greatest;
    this.#sum = sum;
    this.#lost = lost;
  }

  /** Adds the values that the summaries `from` to `to - 1` stand for. */
  addSummaries({ counts, least, greatest, means, rests }: ColumnSummaries, from: number, to: number): void {
    for (let index = from; index < to; index++) {
      const [count, mean] = [counts[index]!, means[index]!];
      if (count === 0) continue;
      this.count += count;
      if (least[index]! < this.#least) this.#least = least[index]!;
      if (greatest[index]! > this.#greatest) this.#greatest = greatest[index]!;
      const product = mean * count;
      const next = this.#sum + product;
      const part = next - this.#sum;
      const lost = this.#sum - (next - part) + (product - part);
      this.#lost += lost + (productError(mean, count, product) + rests[index]!);
      this.#sum = next;
    }
  }

  clear(): void {
    this.count = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#greatest = Number.NEGATIVE_INFINITY;
    this.#sum = 0;
    this.#lost = 0;
  }
}

/** Half of the digits of a Float64. */
const SPLITTER = 2 ** 27 + 1;

/** The rounding error of `product`, which is `factor * count` (Dekker's product); `count` has at most 26 bits. */
function productError(factor: number, count: number, product: number): number {
  const scaled = SPLITTER * factor;
  const high = scaled - (scaled - factor);
  return high * count - product + (factor - high) * count;
}

/** Summarises texts; an empty text is a missing value. */
export class TextSummary implements Summary {
  readonly min = Number.NaN;
  readonly mean = Number.NaN;
  readonly max = Number.NaN;
  count = 0;
  #first: string | undefined;
  #differ = false;

  get text(): string {
    return this.#differ ? '' : (this.#first ?? '');
  }

  add(column: Column, from: number, to: number): void {
    for (let row = from; row < to; row++) {
      const text = column[row] as string;
      if (text !== '') this.count++;
      this.#first ??= text;
      if (text !== this.#first) this.#differ = true;
    }
  }

  clear(): void {
    this.count = 0;
    this.#first = undefined;
    this.#differ = false;
  }
}

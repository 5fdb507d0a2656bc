// What the values of one column in one interval come to: how many, the least, their mean, the greatest.

import type { MissingTest } from '../../model/meaning.ts';
import type { Column, NumberColumn } from '../../model/value.ts';

/** Takes in the values of a column, interval after interval. */
export interface Summary {
  /** Values that are there: missing ones are left out of everything. */
  readonly count: number;
  /** NaN where there is no value, or they are texts. */
  readonly min: number;
  readonly mean: number;
  readonly max: number;
  /** The text that all have; empty where they differ, and for numbers. */
  readonly text: string;
  /** Takes in the rows `from` to before `to`. */
  add(column: Column, from: number, to: number): void;
  /** Begins anew. */
  clear(): void;
}

/**
 * Numbers. Their sum is kept with what rounding took from it (Knuth's two-sum), so the mean is right to the last digit or two,
 * however many there are, and does not depend on how they came in batches.
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
    // An infinite value leaves no rounding error that could be told.
    const sum = Number.isNaN(this.#lost) ? this.#sum : this.#sum + this.#lost;
    return Math.min(this.#greatest, Math.max(this.#least, sum / this.count));
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

  clear(): void {
    this.count = 0;
    this.#least = Number.POSITIVE_INFINITY;
    this.#greatest = Number.NEGATIVE_INFINITY;
    this.#sum = 0;
    this.#lost = 0;
  }
}

/** Texts; an empty one is a missing one. */
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

// Keeps the least and the greatest value of each column in each of the newest intervals of one length, such as minutes.

export interface Extremes {
  readonly least: number;
  readonly greatest: number;
}

export class IntervalExtremes {
  /** The length of an interval in seconds. */
  readonly seconds: number;
  readonly #count: number;
  readonly #columns: number;
  /** The number of the interval that stands in each place; NaN for none. */
  readonly #numbers: Float64Array;
  readonly #least: Float64Array;
  readonly #greatest: Float64Array;

  /** @param count intervals that are kept */
  constructor(seconds: number, count: number, columns: number) {
    this.seconds = seconds;
    this.#count = count;
    this.#columns = columns;
    this.#numbers = new Float64Array(count).fill(Number.NaN);
    this.#least = new Float64Array(count * columns);
    this.#greatest = new Float64Array(count * columns);
  }

  /** The number of the interval with this time, in seconds since 1970. */
  intervalOf(time: number): number {
    return Math.floor(time / this.seconds);
  }

  /** Adds the least and the greatest of some values of an interval. */
  add(interval: number, column: number, { least, greatest }: Extremes): void {
    const place = this.#placeOf(interval);
    if (this.#numbers[place] !== interval) this.#clear(place, interval);
    const at = place * this.#columns + column;
    if (!(this.#least[at]! <= least)) this.#least[at] = least;
    if (!(this.#greatest[at]! >= greatest)) this.#greatest[at] = greatest;
  }

  /** Of the values of one interval; undefined without a value. */
  at(interval: number, column: number): Extremes | undefined {
    const place = this.#placeOf(interval);
    if (this.#numbers[place] !== interval) return undefined;
    const at = place * this.#columns + column;
    const least = this.#least[at]!;
    return Number.isNaN(least) ? undefined : { least, greatest: this.#greatest[at]! };
  }

  /** Of the values of the intervals `first` to `last`; undefined without a value. */
  within(first: number, last: number, column: number): Extremes | undefined {
    let least = Number.POSITIVE_INFINITY;
    let greatest = Number.NEGATIVE_INFINITY;
    for (let interval = Math.max(first, last - this.#count + 1); interval <= last; interval += 1) {
      const found = this.at(interval, column);
      if (found === undefined) continue;
      least = Math.min(least, found.least);
      greatest = Math.max(greatest, found.greatest);
    }
    return least <= greatest ? { least, greatest } : undefined;
  }

  #placeOf(interval: number): number {
    return ((interval % this.#count) + this.#count) % this.#count;
  }

  #clear(place: number, interval: number): void {
    this.#numbers[place] = interval;
    const from = place * this.#columns;
    this.#least.fill(Number.NaN, from, from + this.#columns);
    this.#greatest.fill(Number.NaN, from, from + this.#columns);
  }
}

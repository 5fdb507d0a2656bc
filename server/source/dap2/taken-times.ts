// Remembers the newest times of rows that were taken over, to recognise rows that another server repeats.

/** The times that are remembered. */
const MOST = 65_536;

export class TakenTimes {
  readonly #times = new Float64Array(MOST);
  #count = 0;

  /** Times are added in their order. */
  add(time: number): void {
    this.#times[this.#count % MOST] = time;
    this.#count += 1;
  }

  has(time: number): boolean {
    let low = Math.max(0, this.#count - MOST);
    let high = this.#count;
    while (low < high) {
      const middle = Math.floor((low + high) / 2);
      if (this.#times[middle % MOST]! < time) low = middle + 1;
      else high = middle;
    }
    return low < this.#count && this.#times[low % MOST] === time;
  }
}

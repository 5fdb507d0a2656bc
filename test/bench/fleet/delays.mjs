// Counts delays in steps of a millisecond, so that those of many processes can be added and their percentiles read.

export class Delays {
  /** Delays by their whole milliseconds. */
  #counts = new Map();
  #total = 0;

  add(ms, count = 1) {
    const step = Math.max(0, Math.round(ms));
    this.#counts.set(step, (this.#counts.get(step) ?? 0) + count);
    this.#total += count;
  }

  /** Adds delays as `toJSON` gives them. */
  addAll(pairs) {
    for (const [ms, count] of pairs) this.add(ms, count);
  }

  get total() {
    return this.#total;
  }

  /** The delay in milliseconds that this part of all delays does not exceed; undefined if there is none. */
  at(part) {
    let left = Math.max(1, Math.ceil(part * this.#total));
    for (const [ms, count] of this.toJSON()) {
      left -= count;
      if (left <= 0) return ms;
    }
    return undefined;
  }

  toJSON() {
    return [...this.#counts].sort(([one], [other]) => one - other);
  }
}

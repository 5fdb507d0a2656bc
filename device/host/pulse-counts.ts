// Keeps pulse counts for the life of the process, so that they survive the reopening of their sensor.

/** One running count. */
export interface PulseCount {
  readonly count: number;
  /** Counts one more pulse. */
  add(): void;
}

export class PulseCounts {
  readonly #counts = new Map<string, number>();

  /**
   * The count called `name`, 0 if it is new. Several sensors that count the same pulses at the same time (each client of a dataset with
   * `interval: 0` has its own) do not add up: the highest of their counts is the count.
   * @param name the pin and the edges, such as `gpio17 rising`
   */
  of(name: string): PulseCount {
    const count = () => this.#counts.get(name) ?? 0;
    let seen = count();
    return {
      get count() {
        return count();
      },
      add: () => {
        seen++;
        if (seen > count()) this.#counts.set(name, seen);
      },
    };
  }
}

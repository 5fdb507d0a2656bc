// What have sensors counted since the process began? Held where it outlives a sensor that is closed after an error and opened anew.

/** A count that goes on, as one who counts it has it. */
export interface Total {
  readonly count: number;
  /** One more was seen. */
  add(): void;
}

export class Totals {
  readonly #counts = new Map<string, number>();

  /**
   * The one of this name, from 0 on where it is new, for one who begins to count now. Several who count the same at the same time,
   * as where each reader of a simulation has a pin of its own, do not add up: the one that has seen most is right.
   * @param name what is counted, and where: `gpio17 rising`
   */
  of(name: string): Total {
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

// What have sensors counted since the process began? Held where it outlives a sensor that is closed after an error and opened anew.

/** A count that goes on. */
export interface Total {
  count: number;
}

export class Totals {
  readonly #totals = new Map<string, Total>();

  /**
   * The one of this name, from 0 on where it is new.
   * @param name what is counted, and where: `gpio17 rising`
   */
  of(name: string): Total {
    let total = this.#totals.get(name);
    if (total === undefined) {
      total = { count: 0 };
      this.#totals.set(name, total);
    }
    return total;
  }
}

// Which rows does a sensor have values in that is not read for each of them? When it is read, and what rows between two readings hold.

import type { Sampling, Values } from '../sensor.ts';
import type { Stamp } from './row-times.ts';

export class ReadCycle {
  readonly #every: number;
  readonly #holds: boolean;
  readonly #interval: number;
  /** The turn, counted in `every` since 1970, of the last reading. */
  #turn = Number.NaN;
  #latest: { readonly values: Values; readonly until: number } | undefined;

  /** @param interval seconds between rows */
  constructor({ every = 0, between = 'nan' }: Sampling, interval: number) {
    this.#every = every;
    this.#holds = between === 'hold';
    this.#interval = interval;
  }

  /** Whether the row of this stamp is the nearest one to a whole multiple of `every` in wall time, or the first one after it. */
  isDue({ wall }: Stamp): boolean {
    return this.#every === 0 || this.#turnAt(wall) !== this.#turn;
  }

  /** A read begins for the row of this stamp. */
  begun({ wall }: Stamp): void {
    this.#turn = this.#turnAt(wall);
  }

  /**
   * There is a new reading, of a read that began at the monotonic time `began` and took `seconds`. Rows hold it, at the longest,
   * until the next one would be there if it took as long, and `grace` seconds more.
   */
  keep(values: Values, began: number, seconds: number, grace: number): void {
    if (!this.#holds) return;
    const next = began + Math.max(this.#every, seconds) + this.#interval;
    // Whoever gave it may fill the same array again.
    this.#latest = { values: Float64Array.from(values), until: next + seconds + grace };
  }

  /** The sensor has failed: what it said before is no longer so. */
  forget(): void {
    this.#latest = undefined;
  }

  /** What the row of this stamp holds where there is no new reading; undefined for no value. */
  between({ monotonic }: Stamp): Values | undefined {
    return this.#latest !== undefined && monotonic <= this.#latest.until ? this.#latest.values : undefined;
  }

  #turnAt(wall: number): number {
    return Math.floor((wall + this.#interval / 2) / this.#every);
  }
}

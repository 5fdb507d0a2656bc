// Decides when a sensor with a longer interval than the rows is read, and which values the rows between two readings have.

import type { Sampling, Values } from '../sensor.ts';
import type { Stamp } from './row-times.ts';

export class ReadCycle {
  readonly #every: number;
  readonly #holds: boolean;
  readonly #interval: number;
  /** The period of the latest reading, counted in `every` since 1970. */
  #period = Number.NaN;
  #latest: { readonly values: Values; readonly until: number } | undefined;

  /** @param interval seconds between rows */
  constructor({ every = 0, between = 'nan' }: Sampling, interval: number) {
    this.#every = every;
    this.#holds = between === 'hold';
    this.#interval = interval;
  }

  /** Whether the row of this stamp is the nearest to a whole multiple of `every` in wall time, or the first row after it. */
  isDue({ wall }: Stamp): boolean {
    return this.#every === 0 || this.#periodAt(wall) !== this.#period;
  }

  /** Records that a read begins for the row of this stamp. */
  begun({ wall }: Stamp): void {
    this.#period = this.#periodAt(wall);
  }

  /**
   * Keeps the values of a read that began at the monotonic time `began` and took `seconds`. Rows hold them until the next
   * reading would be there if it took as long, and `grace` seconds more.
   */
  keep(values: Values, began: number, seconds: number, grace: number): void {
    if (!this.#holds) return;
    const next = began + Math.max(this.#every, seconds) + this.#interval;
    // The sensor may fill the same array again.
    this.#latest = { values: Float64Array.from(values), until: next + seconds + grace };
  }

  /** Forgets the values, after a failure of the sensor. */
  forget(): void {
    this.#latest = undefined;
  }

  /** The values of the row of this stamp without a new reading; undefined for no values. */
  between({ monotonic }: Stamp): Values | undefined {
    return this.#latest !== undefined && monotonic <= this.#latest.until ? this.#latest.values : undefined;
  }

  #periodAt(wall: number): number {
    return Math.floor((wall + this.#interval / 2) / this.#every);
  }
}

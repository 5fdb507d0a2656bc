// How many times did a contact close, that bounces as it does? Only levels that stay for a while count.

import type { Edge, Level } from '../host/gpio/gpio.ts';
import { type Total, Totals } from '../host/pulse-counts.ts';

/** Which edges count. */
export const COUNTED = ['rising', 'falling', 'both'] as const;

export type Counted = (typeof COUNTED)[number];

/** Counts edges as they are told, in constant memory; nothing is counted twice or with another's reading. */
export class EdgeCounter {
  readonly #counted: Counted;
  readonly #debounce: number;
  #level: Level;
  /** The last edge, whose level has not yet stayed long enough. */
  #pending: Edge | undefined;
  readonly #total: Total;

  /**
   * @param level at the beginning
   * @param debounce seconds that a level must stay to count; 0 counts every edge
   * @param total where it goes on
   */
  constructor(level: Level, counted: Counted, debounce: number, total: Total = new Totals().of('')) {
    this.#level = level;
    this.#counted = counted;
    this.#debounce = debounce;
    this.#total = total;
  }

  /** The level that stayed last. */
  get level(): Level {
    return this.#level;
  }

  get count(): number {
    return this.#total.count;
  }

  /** In the order in which they came. */
  edge(edge: Edge): void {
    this.settle(edge.time);
    this.#pending = edge;
    if (this.#debounce === 0) this.settle(edge.time);
  }

  /** Counts what has stayed long enough at this time (monotonic seconds). */
  settle(time: number): void {
    const edge = this.#pending;
    if (edge === undefined || time - edge.time < this.#debounce) return;
    this.#pending = undefined;
    if (edge.level === this.#level) return;
    this.#level = edge.level;
    const direction = edge.level === 1 ? 'rising' : 'falling';
    if (this.#counted === 'both' || this.#counted === direction) this.#total.add();
  }
}

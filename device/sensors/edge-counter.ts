// Counts the edges of a bouncing contact: an edge counts once its level has lasted for the debounce time.

import type { Edge, Level } from '../host/gpio/gpio.ts';
import { type PulseCount, PulseCounts } from '../host/pulse-counts.ts';

/** Which edges count. */
export const COUNTED = ['rising', 'falling', 'both'] as const;

export type CountedEdges = (typeof COUNTED)[number];

/** Counts edges as they arrive, in constant memory. Each edge is counted once, between the readings where it happened. */
export class EdgeCounter {
  readonly #counted: CountedEdges;
  readonly #debounce: number;
  #level: Level;
  /** The latest edge, while its level has not yet lasted for the debounce time. */
  #pending: Edge | undefined;
  readonly #pulses: PulseCount;

  /**
   * @param level before the first edge
   * @param debounce seconds that a level must last to count; 0 counts every edge
   * @param pulses the count to continue
   */
  constructor(
    level: Level,
    counted: CountedEdges,
    debounce: number,
    pulses: PulseCount = new PulseCounts().of(''),
  ) {
    this.#level = level;
    this.#counted = counted;
    this.#debounce = debounce;
    this.#pulses = pulses;
  }

  /** The latest level that lasted for the debounce time. */
  get level(): Level {
    return this.#level;
  }

  get count(): number {
    return this.#pulses.count;
  }

  /** Takes the next edge, in order of time. */
  edge(edge: Edge): void {
    this.settle(edge.time);
    this.#pending = edge;
    if (this.#debounce === 0) this.settle(edge.time);
  }

  /** Counts the pending edge if its level has lasted long enough at `time` (monotonic seconds). */
  settle(time: number): void {
    const edge = this.#pending;
    if (edge === undefined || time - edge.time < this.#debounce) return;
    this.#pending = undefined;
    if (edge.level === this.#level) return;
    this.#level = edge.level;
    const direction = edge.level === 1 ? 'rising' : 'falling';
    if (this.#counted === 'both' || this.#counted === direction) this.#pulses.add();
  }
}

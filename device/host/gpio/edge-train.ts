// Fills in edges that were missed, since rising and falling edges of a line alternate.

import type { Edge, Level } from './gpio.ts';

/** Reports edges in alternating directions: two in one direction have a missed edge between them. */
export class EdgeTrain {
  #level: Level;
  readonly #report: (edge: Edge) => void;

  /** @param level the level before the first edge */
  constructor(level: Level, report: (edge: Edge) => void) {
    this.#level = level;
    this.#report = report;
  }

  /** The level after the latest edge. */
  get level(): Level {
    return this.#level;
  }

  /**
   * Reports an edge, and before it the missed ones, with the time of this edge.
   * @param lost how many edges are known to be missing
   */
  edge({ level, time }: Edge, lost = 0): void {
    for (let missing = lost; missing > 0; missing--) this.#turn(time);
    if (this.#level === level) this.#turn(time);
    this.#turn(time);
  }

  #turn(time: number): void {
    this.#level = this.#level === 1 ? 0 : 1;
    this.#report({ level: this.#level, time });
  }
}

// Which edges of a line were there that nobody was told of? Those that lead from the level known last to what came then.

import type { Edge, Level } from './gpio.ts';

/** Edges go up and down by turns; two in one direction have another between them that went unseen. */
export class EdgeTrain {
  #level: Level;
  readonly #tell: (edge: Edge) => void;

  /** @param level at the beginning */
  constructor(level: Level, tell: (edge: Edge) => void) {
    this.#level = level;
    this.#tell = tell;
  }

  /** The level that was told last. */
  get level(): Level {
    return this.#level;
  }

  /**
   * Tells an edge, and before it those that were lost, at its own time.
   * @param lost how many there were at least
   */
  edge({ level, time }: Edge, lost = 0): void {
    for (let missing = lost; missing > 0; missing--) this.#turn(time);
    if (this.#level === level) this.#turn(time);
    this.#turn(time);
  }

  #turn(time: number): void {
    this.#level = this.#level === 1 ? 0 : 1;
    this.#tell({ level: this.#level, time });
  }
}

// Holds the moment that the reader points at: the time of a row, if one is near. It moves along with the data.

import type { LinePoints } from '../rows/line-points.ts';
import type { ReceivedRows } from '../rows/received-rows.ts';
import type { Pointing } from './pointing.ts';

/** Share of the window that one step moves by, if rows are not further apart. */
const STEP = 0.01;

export class PointedMoment {
  #time: number | undefined;

  /** In milliseconds; undefined while nothing is pointed at. */
  get time(): number | undefined {
    return this.#time;
  }

  /** Moves to the row nearest to `pointing`. The charts show `lines` from `edge - window` to `edge`; undefined before the first row. */
  move(
    pointing: Pointing,
    edge: number | undefined,
    window: number,
    rows: ReceivedRows,
    lines: readonly LinePoints[],
  ): void {
    if (pointing === undefined || edge === undefined) {
      this.#time = undefined;
      return;
    }
    const step = Math.max(window * STEP, rows.spacing.usual ?? 0);
    const wanted =
      'place' in pointing
        ? edge - window * (1 - pointing.place)
        : (this.#time ?? edge) + pointing.steps * step;
    const time = Math.max(edge - window, Math.min(edge, wanted));
    this.#time = rows.rowAt(lines, time) ?? time;
  }

  /** Ends when it leaves the charts, whose oldest time is `oldest`. */
  leave(oldest: number): void {
    if (this.#time !== undefined && this.#time < oldest) this.#time = undefined;
  }
}

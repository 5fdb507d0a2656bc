// Keeps the charts and their numbers as they were when the reader paused them.

import type { LinePoints } from '../rows/line-points.ts';
import { msPerPixel, type ReceivedRows, type View } from '../rows/received-rows.ts';
import type { LatestValue } from '../rows/series.ts';

export class PausedCharts {
  /** The time at the right edge. */
  readonly time: number;
  readonly latest: readonly LatestValue[];
  readonly #kept: readonly LinePoints[];
  #lines: readonly LinePoints[];

  constructor(time: number, rows: ReceivedRows) {
    this.time = time;
    this.latest = rows.latestValues();
    this.#kept = rows.copyPoints();
    this.#lines = this.#kept;
  }

  /** The points of each line, for the view that is chosen now. */
  get lines(): readonly LinePoints[] {
    return this.#lines;
  }

  resize(view: View): void {
    this.#lines = this.#kept.map(points => points.resample(msPerPixel(view), Number.POSITIVE_INFINITY));
  }
}

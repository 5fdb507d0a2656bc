// Declares what a plot is made with: the time to show, its place on the page, and what it reports.

import type { Timeline } from '../past/timeline.ts';
import type { LatestValue } from '../rows/series.ts';
import type { ColumnChoice } from './column-choice.ts';
import type { PastStatus } from './past-charts.ts';
import type { PlotStatus } from './plot-status.ts';
import type { PointedMoment } from './pointed-moment.ts';

/** A seam between rows: the time of the last row before it, and of the server's clock after it. */
export interface Seam {
  readonly last: number;
  readonly serverTime: number;
}

export interface PlotOptions {
  /** What the charts show. */
  readonly timeline: Timeline;
  /** The moment that the reader points at, in these charts or in those of another plot. */
  readonly moment?: PointedMoment;
  /** Which columns are hidden. */
  readonly columns?: ColumnChoice;
  /** True for a dataset of the page's own server, which thins rows out. */
  readonly isOwn: boolean;
  /** The time of the last row that the server had when the page opened, in milliseconds, if it is known. */
  readonly storedUntil?: number | undefined;
  readonly charts: HTMLElement;
  readonly status: PlotStatus;
  /** Called once if an error ends the stream; `hadRows` if rows had come before. */
  readonly failed: (error: unknown, hadRows: boolean) => void;
  /** Called at a seam, before the rows behind it come. */
  readonly seam: (seam: Seam) => void;
  /** Called when what is known of the past that is shown has changed. */
  readonly past: (status: PastStatus) => void;
  /**
   * Called after rows have come, with the number of all rows so far, the newest values, also of rows to come, and the time of the
   * newest row in milliseconds.
   */
  readonly rowsCame: (count: number, latest: readonly LatestValue[], newest: number | undefined) => void;
}

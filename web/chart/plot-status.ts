// Declares the status that a plot reports to: whether rows come, which the page shows beside the charts.

import type { StreamState } from '../stream/stream-state.ts';

/** The newest row, and how often rows come. Times in milliseconds. */
export interface RowProgress {
  /** The newest row's time; undefined before the first. */
  readonly newest: number | undefined;
  /** The time since then by the server's clock. */
  readonly age: number;
  /** The usual and the median gap between rows; undefined before two rows have come. */
  readonly usual: number | undefined;
  readonly median: number | undefined;
  readonly absolute: boolean;
}

export interface PlotStatus {
  readonly stream: StreamState;
  set(stream: StreamState): void;
  /** Shows that a row has come. */
  beat(): void;
  /** Shows the time at which the charts stand; undefined while they move. */
  pause(time: string | undefined): void;
  /** Shows by how much the server's clock differs from the browser's; empty for no difference that matters. */
  clock(difference: string): void;
  /** True if the next row is late. */
  show(progress: RowProgress): boolean;
}

// Declares where a plot reports whether rows come: the page shows it beside the charts.

import type { StreamState } from '../stream/stream-state.ts';

/** What is known of the rows. Times in milliseconds. */
export interface RowNews {
  /** The newest row's time; undefined before the first. */
  readonly newest: number | undefined;
  /** How long ago that was by the server's clock. */
  readonly age: number;
  /** How far apart rows usually are; undefined while that is not known. */
  readonly usual: number | undefined;
  readonly median: number | undefined;
  readonly absolute: boolean;
}

export interface PlotStatus {
  readonly connection: StreamState;
  set(connection: StreamState): void;
  /** A row has come. */
  beat(): void;
  /** The charts stand at this time; undefined while they move. */
  pause(time: string | undefined): void;
  /** Returns whether the next row is late. */
  show(news: RowNews): boolean;
}

// Declares what a chart shows at one moment: a stretch of time, and the rows of the past in it.

import type { PastColumn, PastRows } from '../past/past-rows.ts';
import type { PastLibrary } from './past-library.ts';

/** What a chart shows now. All times in milliseconds, by the server's clock. */
export interface Frame {
  /** The time at the right edge. */
  readonly time: number;
  /** The length of the past that is shown. */
  readonly window: number;
  /** True for times of day, false for spans since a moment without a name. */
  readonly absolute: boolean;
  /** The time that is pointed at; undefined for none. */
  readonly cursor: number | undefined;
  /** True if it stays where it is when the mouse moves on. */
  readonly isPinned: boolean;
}

/** A stretch of the past for the lines of a chart. */
export interface PastPicture {
  readonly rows: PastRows;
  /** Those of the chart's lines. */
  readonly columns: readonly (PastColumn | undefined)[];
  /** The functions that read and draw such rows. */
  readonly tools: typeof import('./past-tools.ts');
  readonly library: PastLibrary;
  /** The greatest distance in milliseconds between a moment and the row or interval that is read there. */
  readonly reach: number;
  /** True if rows of the stretch are still on their way. */
  readonly isLoading: boolean;
}

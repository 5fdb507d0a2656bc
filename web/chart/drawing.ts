// Declares what draws the lines of a chart: into its plot, between its axes, live and in the past.

import type { LinePoints } from '../rows/line-points.ts';
import type { PastPicture } from './frame.ts';
import type { TimeSpan } from './grid.ts';
import type { Axis, Extent } from './range.ts';

/** The size of a plot in CSS pixels, and the pixels of a canvas for each of them. */
export interface PlotSize {
  readonly width: number;
  readonly height: number;
  readonly ratio: number;
}

/** How the lines look now. */
export interface Look {
  /** Whether each line is hidden. */
  readonly hidden: readonly boolean[];
  /** The line that stands out; undefined for none. */
  readonly emphasised: number | undefined;
}

export interface Drawing {
  /** The canvas that is seen now. */
  readonly canvas: HTMLCanvasElement;
  /** False if the values have no axis of numbers. */
  readonly hasValueAxis: boolean;
  /** The axis for the extents of the lines that are shown; undefined if none has one. The same object while it fits. */
  axisFor(extents: readonly (Extent | undefined)[], look: Look): Axis | undefined;
  /** Draws moving lines. */
  draw(span: TimeSpan, axis: Axis | undefined, lines: readonly LinePoints[], look: Look): void;
  /** Draws lines of the past. */
  drawPast(span: TimeSpan, axis: Axis | undefined, past: PastPicture, look: Look): void;
  /** The next picture is one of moving lines. */
  leavePast(): void;
  /** Takes over a size, which empties the canvas of moving lines. */
  resize(size: PlotSize): void;
  /** Takes over colours and looks. */
  style(look: Look): void;
  /** The next picture is drawn though it shows the time of the last one. */
  expectRepeat(): void;
  /**
   * CSS pixels from the upper edge to the letter of each line; undefined for a line without one. `ends`: the value of each line at the
   * right edge, if it has one.
   */
  letters(axis: Axis, ends: readonly (number | undefined)[], look: Look): (number | undefined)[];
  remove(): void;
}

// Draws the grid of a chart behind its lines, from one axis to the other.

import { timeTicks } from '../text/ticks.ts';
import { type Axis, axisTicks } from './range.ts';
import { GRID, themeOf } from './theme.ts';

/** The stretch of time that a chart shows, in milliseconds: `step` between two lines of the grid. */
export interface TimeSpan {
  readonly from: number;
  readonly to: number;
  readonly step: number;
  /** False for spans since a moment without a name. */
  readonly absolute: boolean;
}

/** `beyond`: the pixels of the canvas above, below and to the right of the axes; `ratio`: its pixels for one CSS pixel. */
export function drawGrid(
  canvas: HTMLCanvasElement,
  { from, to, step, absolute }: TimeSpan,
  axis: Axis | undefined,
  beyond: number,
  ratio: number,
): void {
  const context = canvas.getContext('2d')!;
  const [width, height] = [canvas.width - beyond, canvas.height - 2 * beyond];
  const lineWidth = Math.max(1, Math.round(ratio));
  // A line of an odd width is sharp on half a pixel.
  const sharp = (at: number) => Math.round(at) + (lineWidth % 2) / 2;
  context.save();
  context.globalCompositeOperation = 'destination-over';
  context.strokeStyle = GRID[themeOf(canvas)];
  context.lineWidth = lineWidth;
  context.beginPath();
  for (const at of timeTicks(from, to, step, absolute)) {
    const x = sharp(((at - from) / (to - from)) * width);
    context.moveTo(x, beyond);
    context.lineTo(x, beyond + height);
  }
  // The first and the last line are the border of the chart.
  for (const value of axis === undefined ? [] : axisTicks(axis).slice(1, -1)) {
    const y = sharp(beyond + ((axis!.max - value) / (axis!.max - axis!.min)) * height);
    context.moveTo(0, y);
    context.lineTo(width, y);
  }
  context.stroke();
  context.restore();
}

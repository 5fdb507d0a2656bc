// Draws lines between two axes: by Smoothie Charts while they move, and by uPlot in the past.

import { SmoothieChart } from 'smoothie';
import type { LinePoints } from '../rows/line-points.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { drawnAs } from '../stream/flags.ts';
import { element } from '../text/element.ts';
import type { Drawing, Look, PlotSize } from './drawing.ts';
import type { PastPicture } from './frame.ts';
import { drawGrid, type TimeSpan } from './grid.ts';
import { lineColour } from './palette.ts';
import type { PastLines } from './past-lines.ts';
import { type Axis, axisFor, type Extent } from './range.ts';
import { themeOf } from './theme.ts';
import { Trace } from './trace.ts';

/** CSS pixels between two lines of the grid, about. */
const SECTION_HEIGHT = 46;

const LINE_WIDTH = 1.5;
const EMPHASISED_WIDTH = 3;

/** The height in CSS pixels of a dot, which stands for a single value. */
const DOT_HEIGHT = 4;

/** CSS pixels that the canvas goes beyond the axes, above, below and at the right: a line on the edge is seen whole. */
const BEYOND = 4;

/** A line with more points a pixel than this is a band: drawn thin, it shows more and takes half the time. */
const DENSE = 1.2;
const DENSE_WIDTH = 1;

export class LineDrawing implements Drawing {
  readonly hasValueAxis = true;
  readonly #plot: HTMLElement;
  readonly #canvas = element('canvas');
  readonly #smoothie: SmoothieChart;
  readonly #traces: readonly Trace[];
  readonly #isStepped: readonly boolean[];
  #size: PlotSize = { width: 0, height: 0, ratio: 1 };
  #isDense = false;
  #axis: Axis | undefined;
  #past: PastLines | undefined;

  /** Draws the lines of `columns` into `plot`. */
  constructor(plot: HTMLElement, columns: readonly ShownColumn[]) {
    this.#plot = plot;
    this.#isStepped = columns.map(column => drawnAs(column) === 'steps');
    plot.prepend(this.#canvas);
    this.#smoothie = new SmoothieChart({
      interpolation: 'linear',
      // `resize` sets the size of the canvas, and all numbers below are in its pixels.
      enableDpiScaling: false,
      // The axis goes from one round range to the next; a range in between would have no readable labels.
      scaleSmoothing: 1,
      yRangeFunction: () => this.#span(),
      labels: { disabled: true },
      // `drawGrid` draws it, within the axes.
      grid: { fillStyle: 'transparent', borderVisible: false, millisPerLine: 0, verticalSections: 0 },
    });
    // `streamTo` is the only way to hand over the canvas; the frames come from `draw`.
    this.#smoothie.streamTo(this.#canvas);
    this.#smoothie.stop();
    this.#traces = columns.map(() => new Trace(this.#smoothie));
  }

  get canvas(): HTMLCanvasElement {
    return this.#past?.canvas ?? this.#canvas;
  }

  axisFor(extents: readonly (Extent | undefined)[], { hidden }: Look): Axis | undefined {
    const shown = extents.filter((extent, line) => extent !== undefined && !hidden[line]) as Extent[];
    if (shown.length === 0) return undefined;
    const min = Math.min(...shown.map(extent => extent.min));
    const max = Math.max(...shown.map(extent => extent.max));
    return axisFor({ min, max }, Math.max(2, Math.round(this.#size.height / SECTION_HEIGHT)), this.#axis);
  }

  draw(span: TimeSpan, axis: Axis | undefined, lines: readonly LinePoints[], look: Look): void {
    const { from, to } = span;
    this.#axis = axis;
    this.#fitLineWidths(lines, look);
    for (const [line, trace] of this.#traces.entries()) {
      trace.hide(look.hidden[line] === true);
      trace.follow(lines[line]!);
      trace.forget(from);
    }
    const millisPerPixel = (to - from) / Math.round(this.#size.width * this.#size.ratio);
    this.#smoothie.options.millisPerPixel = millisPerPixel;
    this.#smoothie.render(this.#canvas, to + this.#beyond * millisPerPixel);
    drawGrid(this.#canvas, span, axis, this.#beyond, this.#size.ratio);
  }

  drawPast(span: TimeSpan, axis: Axis | undefined, past: PastPicture, look: Look): void {
    this.#axis = axis;
    this.#canvas.hidden = true;
    this.#past ??= new past.tools.PastLines(past.library, this.#plot, this.#isStepped, BEYOND);
    const { width, height } = this.#size;
    this.#past.draw({ ...span, ...look, axis }, past.rows, past.columns, width, height);
  }

  leavePast(): void {
    this.#past?.remove();
    this.#past = undefined;
    this.#canvas.hidden = false;
  }

  resize(size: PlotSize): void {
    this.#size = size;
    this.#canvas.width = Math.round(size.width * size.ratio) + this.#beyond;
    this.#canvas.height = Math.round(size.height * size.ratio) + 2 * this.#beyond;
  }

  style(look: Look): void {
    const theme = themeOf(this.#plot);
    const { ratio } = this.#size;
    for (const [line, trace] of this.#traces.entries()) {
      const usual = this.#isDense ? DENSE_WIDTH : LINE_WIDTH;
      const width = line === look.emphasised ? EMPHASISED_WIDTH : usual;
      const lineWidth = Math.max(1, Math.round(width * ratio));
      const dotHeight = Math.max(lineWidth, Math.round(DOT_HEIGHT * ratio));
      const interpolation = this.#isStepped[line] ? 'step' : 'linear';
      trace.style({ strokeStyle: lineColour(theme, line), lineWidth, interpolation }, dotHeight);
    }
  }

  expectRepeat(): void {
    // Smoothie skips a frame that shows the time of the last one.
    Object.assign(this.#smoothie, { lastChartTimestamp: undefined });
  }

  /** The letters stand at the ends of the lines. */
  letters(axis: Axis, ends: readonly (number | undefined)[], { hidden }: Look): (number | undefined)[] {
    return ends.map((end, line) => {
      if (end === undefined || hidden[line]) return undefined;
      return ((axis.max - end) / (axis.max - axis.min)) * this.#size.height;
    });
  }

  remove(): void {
    for (const trace of this.#traces) trace.clear();
    this.#past?.remove();
  }

  /** Pixels of the canvas beyond the axes. */
  get #beyond(): number {
    return Math.round(BEYOND * this.#size.ratio);
  }

  #fitLineWidths(lines: readonly LinePoints[], look: Look): void {
    const isDense = lines.some(({ begin, end }) => end - begin > this.#size.width * DENSE);
    if (isDense === this.#isDense) return;
    this.#isDense = isDense;
    this.style(look);
  }

  /** The values at the lower and the upper end of the canvas, for Smoothie. */
  #span(): { min: number; max: number } {
    if (this.#axis === undefined) return { min: Number.NaN, max: Number.NaN };
    const { min, max } = this.#axis;
    const spare = ((max - min) / Math.max(1, this.#canvas.height - 2 * this.#beyond)) * this.#beyond;
    return { min: min - spare, max: max + spare };
  }
}

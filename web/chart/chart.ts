// Draws the lines of one unit: a Smoothie chart with its axes, at any size and resolution.

import { SmoothieChart } from 'smoothie';
import type { LinePoints } from '../rows/line-points.ts';
import { element } from '../text/element.ts';
import { timeStep } from '../text/times.ts';
import { TimeAxis, ValueAxis } from './axes.ts';
import { CursorMark } from './cursor-mark.ts';
import { drawGrid } from './grid.ts';
import { LineLetters } from './line-letters.ts';
import { lineColour } from './palette.ts';
import { type Axis, axisFor } from './range.ts';
import { Redraws } from './redraws.ts';
import { currentTheme } from './theme.ts';
import { Trace } from './trace.ts';

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
}

/** CSS pixels between two lines of the grid, about. */
const SECTION_HEIGHT = 46;
const SECTION_WIDTH = 74;

const LINE_WIDTH = 1.5;
const EMPHASISED_WIDTH = 3;

/** The height in CSS pixels of a dot, which stands for a single value. */
const DOT_HEIGHT = 4;

/** CSS pixels that the canvas goes beyond the axes, above, below and at the right: a line on the edge is seen whole. */
const BEYOND = 4;

/** A line with more points a pixel than this is a band: drawn thin, it shows more and takes half the time. */
const DENSE = 1.2;
const DENSE_WIDTH = 1;

export class Chart {
  readonly element: HTMLElement;
  /** The part that time runs along: pointers point at it. */
  readonly plot: HTMLElement;
  readonly #canvas = element('canvas');
  readonly #cursor = new CursorMark();
  readonly #empty = element('p', { class: 'empty', hidden: true }, 'no values in this time window');
  readonly #letters: LineLetters;
  readonly #valueAxis: ValueAxis;
  readonly #timeAxis: TimeAxis;
  readonly #smoothie: SmoothieChart;
  readonly #traces: readonly Trace[];
  readonly #hidden: boolean[];
  readonly #redraws = new Redraws();
  readonly #sizes: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #emphasised: number | undefined;
  #isDense = false;
  #axis: Axis | undefined;
  #width = 0;
  #height = 0;
  #ratio = 0;
  #isInSight = true;
  #last: { readonly frame: Frame; readonly lines: readonly LinePoints[] } | undefined;

  /** `lines`: their number. */
  constructor(lines: number) {
    const values = element('div', { class: 'value-axis', 'aria-hidden': 'true' });
    const times = element('div', { class: 'time-axis', 'aria-hidden': 'true' });
    this.#letters = new LineLetters(lines);
    this.plot = element('div', { class: 'plot' }, this.#canvas, this.#empty, this.#cursor.element);
    this.element = element('div', { class: 'chart' }, values, this.plot, this.#letters.element, times);
    this.#valueAxis = new ValueAxis(values);
    this.#timeAxis = new TimeAxis(times);
    this.#hidden = Array.from({ length: lines }, () => false);

    this.#smoothie = new SmoothieChart({
      interpolation: 'linear',
      // `#resize` sets the size of the canvas, and all numbers below are in its pixels.
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
    this.#traces = this.#hidden.map(() => new Trace(this.#smoothie));

    this.#sizes = new ResizeObserver(() => this.#resize());
    this.#sizes.observe(this.plot);
    this.#sight = new IntersectionObserver(
      entries => {
        this.#isInSight = entries.at(-1)!.isIntersecting;
        this.redraw();
      },
      { rootMargin: '30%' },
    );
    this.#sight.observe(this.element);
  }

  /** CSS pixels along the time axis; 0 before the chart is laid out. */
  get width(): number {
    return this.#width;
  }

  /** Shows the points of each line as `frame` says. Cheap if nothing would look different. */
  draw(frame: Frame, lines: readonly LinePoints[]): void {
    this.#last = { frame, lines };
    if (devicePixelRatio !== this.#ratio) this.#resize();
    if (!this.#isInSight || this.#canvas.width === 0 || this.#height === 0) return;
    const { window, cursor, absolute } = frame;
    const millisPerPixel = window / Math.round(this.#width * this.#ratio);
    const to = frame.time - (frame.time % millisPerPixel);
    const from = to - window;
    const share = cursor === undefined ? undefined : 1 - (to - cursor) / window;
    this.#cursor.show(cursor ?? 0, share, this.#width, absolute);
    const axis = this.#axisFor(from, lines);
    const changes = lines.reduce((sum, line) => sum + line.changes, 0);
    if (!this.#redraws.isDue({ time: to, axis, changes })) return;
    this.#axis = axis;
    this.#fitLineWidths(lines);
    for (const [line, trace] of this.#traces.entries()) {
      trace.follow(lines[line]!);
      trace.forget(from);
    }
    const step = timeStep(window, Math.max(2, this.#width / SECTION_WIDTH));
    this.#timeAxis.show(from, to, this.#width, step, absolute);
    this.#smoothie.options.millisPerPixel = millisPerPixel;
    this.#smoothie.render(this.#canvas, to + this.#beyond * millisPerPixel);
    drawGrid(this.#canvas, { from, to, step }, axis, this.#beyond, this.#ratio);
    this.#valueAxis.show(axis);
    this.#empty.hidden = axis !== undefined;
    if (!this.#letters.isEmpty) this.#letters.show(this.#ends(to, window, lines), this.#height);
  }

  /** Draws at once, in sight or not: for paper, and after another size has emptied the canvas. */
  drawNow(): void {
    if (this.#last === undefined) return;
    const isInSight = this.#isInSight;
    this.#isInSight = true;
    this.#redraws.soon();
    // Smoothie skips a frame that shows the time of the last one.
    Object.assign(this.#smoothie, { lastChartTimestamp: undefined });
    this.draw(this.#last.frame, this.#last.lines);
    this.#isInSight = isInSight;
  }

  /** Takes over the size of the element, as on paper, where no observer reports it. */
  fit(): void {
    this.#resize();
  }

  /** Draws again though time stands still: colours, size or lines have changed. */
  redraw(): void {
    this.#style();
    this.#redraws.soon();
  }

  hide(line: number, isHidden: boolean): void {
    this.#hidden[line] = isHidden;
    this.#traces[line]!.hide(isHidden);
    this.#redraws.soon();
  }

  /** Makes one line bold; undefined for none. */
  emphasise(line: number | undefined): void {
    this.#emphasised = line;
    this.redraw();
  }

  remove(): void {
    this.#sizes.disconnect();
    this.#sight.disconnect();
    for (const trace of this.#traces) trace.clear();
    this.element.remove();
  }

  /** Pixels of the canvas beyond the axes. */
  get #beyond(): number {
    return Math.round(BEYOND * this.#ratio);
  }

  #resize(): void {
    this.#ratio = devicePixelRatio;
    this.#width = this.plot.clientWidth;
    this.#height = this.plot.clientHeight;
    this.#canvas.width = Math.round(this.#width * this.#ratio) + this.#beyond;
    this.#canvas.height = Math.round(this.#height * this.#ratio) + 2 * this.#beyond;
    this.redraw();
    if (this.#canvas.height > 0 && this.#width > 0) this.drawNow();
  }

  #fitLineWidths(lines: readonly LinePoints[]): void {
    const isDense = lines.some(({ begin, end }) => end - begin > this.#width * DENSE);
    if (isDense === this.#isDense) return;
    this.#isDense = isDense;
    this.#style();
  }

  #style(): void {
    const theme = currentTheme();
    for (const [line, trace] of this.#traces.entries()) {
      const colour = lineColour(theme, line);
      const usual = this.#isDense ? DENSE_WIDTH : LINE_WIDTH;
      const width = line === this.#emphasised ? EMPHASISED_WIDTH : usual;
      const lineWidth = Math.max(1, Math.round(width * this.#ratio));
      const dotHeight = Math.max(lineWidth, Math.round(DOT_HEIGHT * this.#ratio));
      trace.style({ strokeStyle: colour, lineWidth }, dotHeight);
      this.#letters.colour(line, colour);
    }
  }

  /** The values at the lower and the upper end of the canvas, for Smoothie. */
  #span(): { min: number; max: number } {
    if (this.#axis === undefined) return { min: Number.NaN, max: Number.NaN };
    const { min, max } = this.#axis;
    const spare = ((max - min) / Math.max(1, this.#canvas.height - 2 * this.#beyond)) * this.#beyond;
    return { min: min - spare, max: max + spare };
  }

  #axisFor(from: number, lines: readonly LinePoints[]): Axis | undefined {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const [index, line] of lines.entries()) {
      const extent = this.#hidden[index] ? undefined : line.extent(from, Number.POSITIVE_INFINITY);
      if (extent === undefined) continue;
      min = Math.min(min, extent.min);
      max = Math.max(max, extent.max);
    }
    if (min > max) return undefined;
    return axisFor({ min, max }, Math.max(2, Math.round(this.#height / SECTION_HEIGHT)), this.#axis);
  }

  /** CSS pixels from the upper edge to the end of each line; undefined for a line that does not reach the right edge. */
  #ends(time: number, window: number, lines: readonly LinePoints[]): (number | undefined)[] {
    const axis = this.#axis;
    return lines.map((line, index) => {
      const end = this.#hidden[index] ? undefined : line.nearest(time, window / 10);
      if (end === undefined || axis === undefined) return undefined;
      return ((axis.max - end.value) / (axis.max - axis.min)) * this.#height;
    });
  }
}

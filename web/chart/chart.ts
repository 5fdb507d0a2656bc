// Draws the channels of one unit: a Smoothie chart with its axes, at any size and resolution.

import { SmoothieChart } from 'smoothie';
import type { Points } from '../rows/points.ts';
import { element, write } from '../text/element.ts';
import { timeStep, timeTicks, writeClock, writeSpan } from '../text/times.ts';
import { TimeAxis, ValueAxis } from './axes.ts';
import { lineColour, lineLetter } from './palette.ts';
import { type Axis, axisFor, axisTicks } from './range.ts';
import { spread } from './spread.ts';
import { currentTheme, GRID } from './theme.ts';
import { Trace } from './trace.ts';

/** What a chart shows now. All times in milliseconds, by the server's clock. */
export interface Frame {
  /** The time at the right edge. */
  readonly time: number;
  /** How much of the past is shown. */
  readonly window: number;
  /** True where times are times of day, not spans since a moment that nobody named. */
  readonly absolute: boolean;
  /** The time that is pointed at, if any is. */
  readonly cursor: number | undefined;
}

/** CSS pixels between two lines of the grid, about. */
const SECTION_HEIGHT = 46;
const SECTION_WIDTH = 74;

/** CSS pixels that two letters at the right edge keep apart. */
const TAG_HEIGHT = 15;

/** CSS pixels that the time beside the cursor needs. */
const CURSOR_LABEL = 110;

const LINE_WIDTH = 1.5;
const EMPHASISED_WIDTH = 3;

/** The height of a dot, in CSS pixels: a value alone. */
const DOT_WIDTH = 4;

/** CSS pixels that the canvas goes beyond the axes, above, below and at the right: a line on the edge is seen whole. */
const BEYOND = 4;

/** Milliseconds between two pictures of the same stretch of time, to which rows are added. */
const REDRAWN_EVERY = 500;

/** A line with more points than this a pixel is a band: thin, it shows more and takes half the time to draw. */
const DENSE = 1.2;
const DENSE_WIDTH = 1;

/** Smoothie may pass over a frame that shows the same time as the last one, but draws it after this long (ms). */
const SURELY_DRAWN = 250;

export class Chart {
  readonly element: HTMLElement;
  /** The part that time runs along: what a pointer points at. */
  readonly plot: HTMLElement;
  readonly #canvas = element('canvas');
  readonly #cursorTime = element('span');
  readonly #cursor = element('div', { class: 'cursor', hidden: true }, this.#cursorTime);
  readonly #empty = element('p', { class: 'empty', hidden: true }, 'no values in this time window');
  readonly #tags: readonly HTMLElement[];
  readonly #valueAxis: ValueAxis;
  readonly #timeAxis: TimeAxis;
  readonly #smoothie: SmoothieChart;
  readonly #traces: readonly Trace[];
  readonly #hidden: boolean[];
  readonly #sizes: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #emphasised: number | undefined;
  #dense = false;
  #axis: Axis | undefined;
  #width = 0;
  #height = 0;
  #ratio = 0;
  #seen = true;
  #drawn = Number.NaN;
  #drawnAt = Number.NEGATIVE_INFINITY;
  /** How often the points had changed by then. */
  #changes = 0;
  /** What was drawn last. */
  #last: { readonly frame: Frame; readonly points: readonly Points[] } | undefined;
  #redrawUntil = 0;

  /** `lines`: how many channels there are. */
  constructor(lines: number) {
    const values = element('div', { class: 'value-axis', 'aria-hidden': 'true' });
    const times = element('div', { class: 'time-axis', 'aria-hidden': 'true' });
    this.#tags = Array.from({ length: lines > 1 ? lines : 0 }, (_, index) =>
      element('span', { class: 'tag', hidden: true }, lineLetter(index)),
    );
    const edge = element('div', { class: 'edge', 'aria-hidden': 'true' }, ...this.#tags);
    this.plot = element('div', { class: 'plot' }, this.#canvas, this.#empty, this.#cursor);
    this.element = element('div', { class: 'chart' }, values, this.plot, edge, times);
    this.#valueAxis = new ValueAxis(values);
    this.#timeAxis = new TimeAxis(times);
    this.#hidden = Array.from({ length: lines }, () => false);

    this.#smoothie = new SmoothieChart({
      interpolation: 'linear',
      // The canvas is given its pixels here, and everything below is in those pixels.
      enableDpiScaling: false,
      // The axis goes from one round range to the next; a range in between would have no readable labels.
      scaleSmoothing: 1,
      yRangeFunction: () => this.#span(),
      labels: { disabled: true },
      // Drawn here, within the axes.
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
        this.#seen = entries.at(-1)!.isIntersecting;
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

  /** Shows `points`, one for each channel, as `frame` says. Cheap where nothing would look different. */
  draw(frame: Frame, points: readonly Points[]): void {
    this.#last = { frame, points };
    if (devicePixelRatio !== this.#ratio) this.#resize();
    if (!this.#seen || this.#canvas.width === 0 || this.#height === 0) return;
    const millisPerPixel = frame.window / Math.round(this.#width * this.#ratio);
    const time = frame.time - (frame.time % millisPerPixel);
    this.#showCursor(frame, time);
    const axis = this.#axisFor(time - frame.window, points);
    const now = performance.now();
    const changes = points.reduce((sum, line) => sum + line.changes, 0);
    const hasNews = changes !== this.#changes && now - this.#drawnAt >= REDRAWN_EVERY;
    if (time === this.#drawn && axis === this.#axis && !hasNews && now >= this.#redrawUntil) return;
    if (axis !== this.#axis) this.#redrawSoon();
    this.#axis = axis;
    this.#drawn = time;
    this.#drawnAt = now;
    this.#changes = changes;
    const dense = points.some(({ begin, end }) => end - begin > this.#width * DENSE);
    if (dense !== this.#dense) {
      this.#dense = dense;
      this.#style();
    }
    for (const [index, trace] of this.#traces.entries()) {
      trace.follow(points[index]!);
      trace.forget(time - frame.window);
    }
    const step = timeStep(frame.window, Math.max(2, this.#width / SECTION_WIDTH));
    this.#timeAxis.show(time - frame.window, time, this.#width, step, frame.absolute);
    this.#smoothie.options.millisPerPixel = millisPerPixel;
    this.#smoothie.render(this.#canvas, time + Math.round(BEYOND * this.#ratio) * millisPerPixel);
    this.#drawGrid(frame, time, step);
    this.#valueAxis.show(axis);
    this.#empty.hidden = axis !== undefined;
    this.#showTags(time, frame.window, points);
  }

  /** Draws at once, in sight or not: for paper, and where the canvas has been emptied by another size. */
  drawNow(): void {
    if (this.#last === undefined) return;
    const seen = this.#seen;
    this.#seen = true;
    this.#redrawSoon();
    // Smoothie passes over a frame that shows the time of the last one.
    Object.assign(this.#smoothie, { lastChartTimestamp: undefined });
    this.draw(this.#last.frame, this.#last.points);
    this.#seen = seen;
  }

  /** Takes over the size, as on paper, where no observer is asked. */
  fit(): void {
    this.#resize();
  }

  /** Draws again though time stands still: colours, size or lines have changed. */
  redraw(): void {
    this.#style();
    this.#redrawSoon();
  }

  hide(line: number, hidden: boolean): void {
    this.#hidden[line] = hidden;
    this.#traces[line]!.hide(hidden);
    this.#redrawSoon();
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

  #redrawSoon(): void {
    this.#redrawUntil = performance.now() + SURELY_DRAWN;
  }

  #resize(): void {
    this.#ratio = devicePixelRatio;
    this.#width = this.plot.clientWidth;
    this.#height = this.plot.clientHeight;
    this.#canvas.width = Math.round(this.#width * this.#ratio) + Math.round(BEYOND * this.#ratio);
    this.#canvas.height = Math.round(this.#height * this.#ratio) + 2 * Math.round(BEYOND * this.#ratio);
    this.redraw();
    if (this.#canvas.height > 0 && this.#width > 0) this.drawNow();
  }

  #style(): void {
    const theme = currentTheme();
    for (const [index, trace] of this.#traces.entries()) {
      const colour = lineColour(theme, index);
      const usual = this.#dense ? DENSE_WIDTH : LINE_WIDTH;
      const width = index === this.#emphasised ? EMPHASISED_WIDTH : usual;
      const lineWidth = Math.max(1, Math.round(width * this.#ratio));
      trace.style(
        { strokeStyle: colour, lineWidth },
        Math.max(lineWidth, Math.round(DOT_WIDTH * this.#ratio)),
      );
      this.#tags[index]?.style.setProperty('color', colour);
    }
  }

  /** Draws the grid behind the lines, from one axis to the other. */
  #drawGrid({ window }: Frame, time: number, step: number): void {
    const context = this.#canvas.getContext('2d')!;
    const beyond = Math.round(BEYOND * this.#ratio);
    const [width, height] = [this.#canvas.width - beyond, this.#canvas.height - 2 * beyond];
    const lineWidth = Math.max(1, Math.round(this.#ratio));
    // A line of an odd width is sharp on half a pixel.
    const sharp = (at: number) => Math.round(at) + (lineWidth % 2) / 2;
    const axis = this.#axis;
    context.save();
    context.globalCompositeOperation = 'destination-over';
    context.strokeStyle = GRID[currentTheme()];
    context.lineWidth = lineWidth;
    context.beginPath();
    for (const at of timeTicks(time - window, time, step)) {
      const x = sharp(((at - time + window) / window) * width);
      context.moveTo(x, beyond);
      context.lineTo(x, beyond + height);
    }
    // The first and the last are the border of the chart.
    for (const value of axis === undefined ? [] : axisTicks(axis).slice(1, -1)) {
      const y = sharp(beyond + ((axis!.max - value) / (axis!.max - axis!.min)) * height);
      context.moveTo(0, y);
      context.lineTo(width, y);
    }
    context.stroke();
    context.restore();
  }

  /** What Smoothie spans from the lower to the upper end of the canvas. */
  #span(): { min: number; max: number } {
    if (this.#axis === undefined) return { min: Number.NaN, max: Number.NaN };
    const { min, max } = this.#axis;
    const beyond = Math.round(BEYOND * this.#ratio);
    const spare = ((max - min) / Math.max(1, this.#canvas.height - 2 * beyond)) * beyond;
    return { min: min - spare, max: max + spare };
  }

  #axisFor(from: number, points: readonly Points[]): Axis | undefined {
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const [index, line] of points.entries()) {
      const extent = this.#hidden[index] ? undefined : line.extent(from, Number.POSITIVE_INFINITY);
      if (extent === undefined) continue;
      min = Math.min(min, extent.min);
      max = Math.max(max, extent.max);
    }
    if (min > max) return undefined;
    return axisFor({ min, max }, Math.max(2, Math.round(this.#height / SECTION_HEIGHT)), this.#axis);
  }

  #showCursor({ cursor, window, absolute }: Frame, time: number): void {
    const share = cursor === undefined ? -1 : 1 - (time - cursor) / window;
    this.#cursor.hidden = share < 0;
    if (cursor === undefined || share < 0) return;
    // Shares, not pixels: on paper the chart has another size.
    this.#cursor.style.setProperty('left', `${(100 * share).toFixed(3)}%`);
    this.#cursor.classList.toggle('rightmost', this.#width * (1 - share) < CURSOR_LABEL);
    write(this.#cursorTime, absolute ? writeClock(cursor, true) : writeSpan(cursor, true));
  }

  /** Puts each line's letter beside its end at the right edge. */
  #showTags(time: number, window: number, points: readonly Points[]): void {
    if (this.#tags.length === 0) return;
    const axis = this.#axis;
    const ends = points.map((line, index) => {
      const end = this.#hidden[index] ? undefined : line.nearest(time, window / 10);
      if (end === undefined || axis === undefined) return undefined;
      return ((axis.max - end.value) / (axis.max - axis.min)) * this.#height;
    });
    for (const [index, at] of spread(ends, TAG_HEIGHT, this.#height).entries()) {
      const tag = this.#tags[index]!;
      tag.hidden = at === undefined;
      if (at !== undefined) tag.style.setProperty('top', `${((100 * at) / this.#height).toFixed(2)}%`);
    }
  }
}

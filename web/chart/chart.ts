// Shows the lines of one panel between their axes, at any size and resolution, with the moment that is pointed at.

import type { LinePoints } from '../rows/line-points.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { drawnAs } from '../stream/flags.ts';
import { element } from '../text/element.ts';
import { labelledStep } from '../text/time-labels.ts';
import { writeTime } from '../text/times.ts';
import { TimeAxis, ValueAxis } from './axes.ts';
import { CursorMark } from './cursor-mark.ts';
import type { Drawing, Look } from './drawing.ts';
import type { Frame, PastPicture } from './frame.ts';
import type { TimeSpan } from './grid.ts';
import { LimitLines } from './limit-lines.ts';
import { LineDrawing } from './line-drawing.ts';
import { LineLetters } from './line-letters.ts';
import { lineColour } from './palette.ts';
import type { Axis, Extent } from './range.ts';
import { Redraws } from './redraws.ts';
import { StateDrawing } from './state-drawing.ts';
import { themeOf } from './theme.ts';

/** A line ends at the right edge if it has a value in this share of the window before it. */
const REACH = 0.1;

export class Chart {
  readonly element: HTMLElement;
  /** The part that time runs along: pointers point at it. */
  readonly plot: HTMLElement;
  readonly #drawing: Drawing;
  readonly #cursor: CursorMark;
  readonly #empty = element('p', { class: 'empty', hidden: true }, 'no values in this time window');
  readonly #letters: LineLetters;
  readonly #limits: LimitLines;
  readonly #valueAxis: ValueAxis;
  readonly #timeAxis: TimeAxis;
  readonly #redraws = new Redraws();
  readonly #sizes: ResizeObserver;
  readonly #sight: IntersectionObserver;
  #look: Look;
  #width = 0;
  #height = 0;
  #ratio = 0;
  #isInSight = true;
  #last: { readonly frame: Frame; readonly lines: readonly LinePoints[] } | undefined;
  #lastPast: { readonly frame: Frame; readonly past: PastPicture } | undefined;

  /** Shows `columns`: all of them are states, or none is. `letGo` is called when a pinned moment is to be let go of. */
  constructor(columns: readonly ShownColumn[], letGo: () => void) {
    this.#cursor = new CursorMark(() => {
      // The cross goes away, and the focus of the keyboard must not go with it.
      this.plot.focus({ preventScroll: true });
      letGo();
    });
    const values = element('div', { class: 'value-axis', 'aria-hidden': 'true' });
    const times = element('div', { class: 'time-axis', 'aria-hidden': 'true' });
    this.#letters = new LineLetters(columns.length);
    this.#limits = new LimitLines(columns);
    this.plot = element('div', { class: 'plot' }, this.#empty, this.#limits.element);
    // Not inside of the plot: a slider has no button within.
    const over = element('div', { class: 'over-plot' }, this.#cursor.element);
    this.element = element('div', { class: 'chart' }, values, this.plot, over, this.#letters.element, times);
    this.#valueAxis = new ValueAxis(values);
    this.#timeAxis = new TimeAxis(times);
    this.#look = { hidden: columns.map(() => false), emphasised: undefined };
    const isOfStates = columns.every(column => drawnAs(column) === 'states');
    this.#drawing = new (isOfStates ? StateDrawing : LineDrawing)(this.plot, columns);
    if (isOfStates) this.element.style.setProperty('--rows', String(columns.length));
    this.element.classList.toggle('states', isOfStates);

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

  /** The picture that is seen now, without its labels. */
  get canvas(): HTMLCanvasElement {
    return this.#drawing.canvas;
  }

  /** Shows the points of each line as `frame` says. Cheap if nothing would look different. */
  draw(frame: Frame, lines: readonly LinePoints[]): void {
    this.#last = { frame, lines };
    if (this.#lastPast !== undefined) this.#leavePast();
    if (!this.#isReady()) return;
    const { window, cursor, absolute } = frame;
    const millisPerPixel = window / Math.round(this.#width * this.#ratio);
    const to = frame.time - (frame.time % millisPerPixel);
    const from = to - window;
    const share = cursor === undefined ? undefined : 1 - (to - cursor) / window;
    this.#cursor.show(frame, share, this.#width);
    const extents = lines.map(line => line.extent(from, Number.POSITIVE_INFINITY));
    const axis = this.#axisFor(extents);
    const changes = lines.reduce((sum, line) => sum + line.changes, 0);
    if (!this.#redraws.isDue({ time: to, window, axis, changes })) return;
    const span = this.#showAxes(from, to, absolute, axis);
    this.#drawing.draw(span, axis, lines, this.#look);
    this.#empty.hidden = axis !== undefined;
    this.#showLetters(axis, () => lines.map(line => line.nearest(to, window * REACH)?.value));
  }

  /** Shows a stretch of the past as `frame` says. */
  drawPast(frame: Frame, past: PastPicture): void {
    const { rows, columns, isLoading, tools } = past;
    this.#lastPast = { frame, past };
    if (!this.#isReady()) return;
    const { window, cursor, absolute, time: to } = frame;
    const from = to - window;
    const share = cursor === undefined ? undefined : 1 - (to - cursor) / window;
    this.#cursor.show(frame, share, this.#width, writeTime(cursor ?? 0, absolute));
    const extents = columns.map(column => column && tools.extentIn(rows, column, { from, to }));
    const axis = this.#axisFor(extents);
    const changes = rows.from + rows.to + rows.times.length + Number(isLoading);
    if (!this.#redraws.isDue({ time: to, window, axis, changes })) return;
    const span = this.#showAxes(from, to, absolute, axis);
    this.#drawing.drawPast(span, axis, past, this.#look);
    this.#empty.hidden = axis !== undefined || isLoading;
    this.#showLetters(axis, () =>
      columns.map(column => column && tools.endIn(rows, column, to, window * REACH)),
    );
  }

  /** Draws at once, in sight or not: for paper, and after another size has emptied the canvas. */
  drawNow(): void {
    const [past, last, isInSight] = [this.#lastPast, this.#last, this.#isInSight];
    this.#isInSight = true;
    this.#redraws.soon();
    this.#drawing.expectRepeat();
    if (past !== undefined) this.drawPast(past.frame, past.past);
    else if (last !== undefined) this.draw(last.frame, last.lines);
    this.#isInSight = isInSight;
  }

  /** Takes over the size of the element, as on paper, where no observer reports it. */
  fit(): void {
    this.#resize();
  }

  /** Draws again though time stands still: colours, size or lines have changed. */
  redraw(): void {
    this.#drawing.style(this.#look);
    const theme = themeOf(this.element);
    for (const line of this.#look.hidden.keys()) this.#letters.colour(line, lineColour(theme, line));
    this.#redraws.soon();
  }

  hide(line: number, isHidden: boolean): void {
    this.#look = { ...this.#look, hidden: this.#look.hidden.with(line, isHidden) };
    this.#redraws.soon();
  }

  /** Makes one line bold; undefined for none. */
  emphasise(line: number | undefined): void {
    this.#look = { ...this.#look, emphasised: line };
    this.redraw();
  }

  remove(): void {
    this.#sizes.disconnect();
    this.#sight.disconnect();
    this.#drawing.remove();
    this.element.remove();
  }

  /** Whether the chart can be drawn, and has to be. */
  #isReady(): boolean {
    if (devicePixelRatio !== this.#ratio) this.#resize();
    return this.#isInSight && this.#width > 0 && this.#height > 0;
  }

  #showAxes(from: number, to: number, absolute: boolean, axis: Axis | undefined): TimeSpan {
    const step = labelledStep(from, to, this.#width, absolute);
    this.#timeAxis.show(from, to, this.#width, step, absolute);
    const shownAxis = this.#drawing.hasValueAxis ? axis : undefined;
    this.#valueAxis.show(shownAxis);
    this.#limits.show(shownAxis, this.#look.hidden);
    return { from, to, step, absolute };
  }

  #showLetters(axis: Axis | undefined, ends: () => (number | undefined)[]): void {
    if (this.#letters.isEmpty) return;
    const none = this.#look.hidden.map(() => undefined);
    this.#letters.show(
      axis === undefined ? none : this.#drawing.letters(axis, ends(), this.#look),
      this.#height,
    );
  }

  /** The axis around the lines, and around the limits near them. */
  #axisFor(extents: readonly (Extent | undefined)[]): Axis | undefined {
    const near = this.#drawing.hasValueAxis ? this.#limits.extentNear(extents, this.#look.hidden) : undefined;
    return this.#drawing.axisFor(near === undefined ? extents : [...extents, near], this.#look);
  }

  #leavePast(): void {
    this.#drawing.leavePast();
    this.#lastPast = undefined;
    this.#redraws.soon();
  }

  #resize(): void {
    this.#ratio = devicePixelRatio;
    this.#width = this.plot.clientWidth;
    this.#height = this.plot.clientHeight;
    this.#drawing.resize({ width: this.#width, height: this.#height, ratio: this.#ratio });
    this.redraw();
    if (this.#height > 0 && this.#width > 0) this.drawNow();
  }
}

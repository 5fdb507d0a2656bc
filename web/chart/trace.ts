// Draws a line with gaps by Smoothie Charts, which joins all points of a time series: each unbroken piece is one time series.

import { type ITimeSeriesPresentationOptions, type SmoothieChart, TimeSeries } from 'smoothie';
import type { LinePoints } from '../rows/line-points.ts';

interface Piece {
  readonly series: TimeSeries;
  first: number;
  last: number;
  value: number;
  /** True for a piece too short to be seen as a line: it is drawn as a dot. */
  isDot: boolean;
}

/** Pixels that a dot reaches beyond its points on either side; a piece longer than a dot is a line. */
const DOT_REACH = 2;

/** One line of a chart: gives Smoothie the points that have been added. */
export class Trace {
  readonly #chart: SmoothieChart;
  #points: LinePoints | undefined;
  /** The number of the first point that Smoothie does not have yet. */
  #next = 0;
  #pieces: Piece[] = [];
  #growing: Piece | undefined;
  /** From the end of the growing piece to the points that are not settled; filled again each time. */
  #tip: TimeSeries | undefined;
  #tipIsDot = false;
  #look: ITimeSeriesPresentationOptions = {};
  #dotHeight = 1;
  #isHidden = false;

  constructor(chart: SmoothieChart) {
    this.#chart = chart;
  }

  /** Gives Smoothie the new points, or all of them if `points` is another object than before. */
  follow(points: LinePoints): void {
    if (points !== this.#points) {
      this.clear();
      this.#points = points;
    }
    for (this.#next = Math.max(this.#next, points.begin); this.#next < points.end; this.#next++) {
      const value = points.value(this.#next);
      if (Number.isNaN(value)) this.#finish(points.msPerPixel);
      else this.#add(points.time(this.#next), value);
    }
    if (points.isBroken) this.#finish(points.msPerPixel);
    this.#drawTip(points);
  }

  /** Drops the pieces that ended before `oldest`. Smoothie itself drops the points of the others. */
  forget(oldest: number): void {
    const gone = this.#pieces.filter(piece => piece !== this.#growing && piece.last < oldest);
    if (gone.length === 0) return;
    for (const { series } of gone) this.#chart.removeTimeSeries(series);
    this.#pieces = this.#pieces.filter(piece => !gone.includes(piece));
  }

  clear(): void {
    for (const { series } of this.#pieces) this.#chart.removeTimeSeries(series);
    if (this.#tip !== undefined) this.#chart.removeTimeSeries(this.#tip);
    this.#tip = undefined;
    this.#pieces = [];
    this.#growing = undefined;
    this.#points = undefined;
    this.#next = 0;
  }

  /** `dotHeight`: in pixels of the canvas. */
  style(look: ITimeSeriesPresentationOptions, dotHeight: number): void {
    this.#look = look;
    this.#dotHeight = dotHeight;
    for (const { series, isDot } of this.#pieces) this.#give(series, isDot);
    if (this.#tip !== undefined) this.#give(this.#tip, this.#tipIsDot);
  }

  hide(isHidden: boolean): void {
    this.#isHidden = isHidden;
    for (const { series } of this.#pieces) series.disabled = isHidden;
    if (this.#tip !== undefined) this.#tip.disabled = isHidden;
  }

  #add(time: number, value: number): void {
    const piece = this.#growing ?? this.#begin();
    piece.series.append(time, value);
    if (Number.isNaN(piece.first)) piece.first = time;
    piece.last = time;
    piece.value = value;
  }

  #begin(): Piece {
    const series = this.#newSeries();
    const piece = {
      series,
      first: Number.NaN,
      last: Number.NEGATIVE_INFINITY,
      value: Number.NaN,
      isDot: false,
    };
    this.#pieces.push(piece);
    this.#growing = piece;
    return piece;
  }

  #newSeries(): TimeSeries {
    // With `resetBounds` every series would run a timer of its own; the chart finds the bounds itself.
    const series = new TimeSeries({ resetBounds: false });
    series.disabled = this.#isHidden;
    this.#chart.addTimeSeries(series, { ...this.#look });
    return series;
  }

  /** Ends the piece. A dot is widened: Smoothie does not draw a series of one point. */
  #finish(msPerPixel: number): void {
    const piece = this.#growing;
    this.#growing = undefined;
    if (piece === undefined || !isDot(piece.first, piece.last, msPerPixel)) return;
    piece.isDot = true;
    this.#give(piece.series, true);
    piece.series.append(piece.first - DOT_REACH * msPerPixel, piece.value);
    piece.series.append(piece.last + DOT_REACH * msPerPixel, piece.value);
  }

  /** Draws the points that are not settled: a row is seen as soon as it has come, though its pixel is not complete. */
  #drawTip({ unsettled, msPerPixel }: LinePoints): void {
    this.#tip ??= this.#newSeries();
    this.#tip.clear();
    const base = this.#growing;
    const tip = [...(base === undefined ? [] : [[base.last, base.value] as const]), ...unsettled];
    const [begin, end] = [tip[0], tip.at(-1)];
    const isShort =
      begin !== undefined && end !== undefined && isDot(base?.first ?? begin[0], end[0], msPerPixel);
    if (isShort) this.#tip.append((base?.first ?? begin[0]) - DOT_REACH * msPerPixel, begin[1]);
    for (const [time, value] of tip) this.#tip.append(time, value);
    if (isShort) this.#tip.append(end[0] + DOT_REACH * msPerPixel, end[1]);
    if (isShort === this.#tipIsDot) return;
    this.#tipIsDot = isShort;
    this.#give(this.#tip, isShort);
  }

  #give(series: TimeSeries, isDot: boolean): void {
    const width = isDot ? { lineWidth: this.#dotHeight } : {};
    Object.assign(this.#chart.getTimeSeriesOptions(series), this.#look, width);
  }
}

function isDot(first: number, last: number, msPerPixel: number): boolean {
  return last - first < 2 * DOT_REACH * msPerPixel;
}

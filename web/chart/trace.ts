// Draws a line with gaps by Smoothie Charts, which joins all points of a series: a series for each unbroken piece.

import { type ITimeSeriesPresentationOptions, type SmoothieChart, TimeSeries } from 'smoothie';
import type { Points } from '../rows/points.ts';

interface Piece {
  readonly series: TimeSeries;
  first: number;
  last: number;
  value: number;
  /** So short that a line of it would not be seen: drawn as a dot. */
  isDot: boolean;
}

/** Columns of pixels that a dot reaches beyond its points on either side; what is longer than a dot is a line. */
const DOT_COLUMNS = 2;

/** One channel's line in a chart: follows its `Points` and gives Smoothie those that have been added. */
export class Trace {
  readonly #chart: SmoothieChart;
  #points: Points | undefined;
  /** Number of the first point that Smoothie does not have yet. */
  #next = 0;
  #pieces: Piece[] = [];
  #growing: Piece | undefined;
  /** From the end of the growing piece to the points that are not settled, made anew each time. */
  #tip: TimeSeries | undefined;
  #tipIsDot = false;
  #look: ITimeSeriesPresentationOptions = {};
  #dotWidth = 1;
  #hidden = false;

  constructor(chart: SmoothieChart) {
    this.#chart = chart;
  }

  /** Gives Smoothie what is new in `points`, or all of it where they are others than before. */
  follow(points: Points): void {
    if (points !== this.#points) {
      this.clear();
      this.#points = points;
    }
    for (this.#next = Math.max(this.#next, points.begin); this.#next < points.end; this.#next++) {
      const value = points.value(this.#next);
      if (Number.isNaN(value)) this.#finish(points.column);
      else this.#add(points.time(this.#next), value);
    }
    if (points.broken) this.#finish(points.column);
    this.#drawTip(points);
  }

  /** Lets go of the pieces that ended before `oldest`. Smoothie itself drops the points of the others. */
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

  /** `dotWidth`: pixels that a dot is high. */
  style(look: ITimeSeriesPresentationOptions, dotWidth: number): void {
    this.#look = look;
    this.#dotWidth = dotWidth;
    for (const { series, isDot } of this.#pieces) this.#give(series, isDot);
    if (this.#tip !== undefined) this.#give(this.#tip, this.#tipIsDot);
  }

  hide(hidden: boolean): void {
    this.#hidden = hidden;
    for (const { series } of this.#pieces) series.disabled = hidden;
    if (this.#tip !== undefined) this.#tip.disabled = hidden;
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
    // Without `resetBounds: false` every series would run a timer of its own; the chart finds the bounds itself.
    const series = new TimeSeries({ resetBounds: false });
    series.disabled = this.#hidden;
    this.#chart.addTimeSeries(series, { ...this.#look });
    return series;
  }

  /** Ends the piece. One of a single point is given width: Smoothie draws no series of one point. */
  #finish(column: number): void {
    const piece = this.#growing;
    this.#growing = undefined;
    if (piece === undefined || !isDot(piece.first, piece.last, column)) return;
    piece.isDot = true;
    this.#give(piece.series, true);
    piece.series.append(piece.first - DOT_COLUMNS * column, piece.value);
    piece.series.append(piece.last + DOT_COLUMNS * column, piece.value);
  }

  /** A row is seen as soon as it has come, though its column of pixels is not complete, and though it is the only one. */
  #drawTip({ unsettled, column }: Points): void {
    this.#tip ??= this.#newSeries();
    this.#tip.clear();
    const base = this.#growing;
    const tip = [...(base === undefined ? [] : [[base.last, base.value] as const]), ...unsettled];
    const [begin, end] = [tip[0], tip.at(-1)];
    const dot = begin !== undefined && end !== undefined && isDot(base?.first ?? begin[0], end[0], column);
    if (dot) this.#tip.append((base?.first ?? begin[0]) - DOT_COLUMNS * column, begin[1]);
    for (const [time, value] of tip) this.#tip.append(time, value);
    if (dot) this.#tip.append(end[0] + DOT_COLUMNS * column, end[1]);
    if (dot === this.#tipIsDot) return;
    this.#tipIsDot = dot;
    this.#give(this.#tip, dot);
  }

  #give(series: TimeSeries, isDot: boolean): void {
    const width = isDot ? { lineWidth: this.#dotWidth } : {};
    Object.assign(this.#chart.getTimeSeriesOptions(series), this.#look, width);
  }
}

function isDot(first: number, last: number, column: number): boolean {
  return last - first < 2 * DOT_COLUMNS * column;
}

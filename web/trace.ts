// How a line with gaps is drawn by Smoothie Charts, which joins all points of a series: a series per unbroken piece.

import { type ITimeSeriesPresentationOptions, type SmoothieChart, TimeSeries } from 'smoothie';
import type { Points } from './points.ts';

interface Piece {
  readonly series: TimeSeries;
  length: number;
  last: number;
  value: number;
  /** A single point, drawn as a dot. */
  isDot: boolean;
}

/** Columns of pixels that a dot is wide. */
const DOT_COLUMNS = 3;

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
    piece.length++;
    piece.last = time;
    piece.value = value;
  }

  #begin(): Piece {
    const series = this.#newSeries();
    const piece = { series, length: 0, last: Number.NEGATIVE_INFINITY, value: Number.NaN, isDot: false };
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
    if (piece === undefined) return;
    if (piece.length === 1) {
      piece.isDot = true;
      this.#give(piece.series, true);
      this.#add(piece.last + DOT_COLUMNS * column, piece.value);
    }
    this.#growing = undefined;
  }

  /** A row is seen as soon as it has come, though its column of pixels is not complete, and though it is the only one. */
  #drawTip(points: Points): void {
    this.#tip ??= this.#newSeries();
    this.#tip.clear();
    const { unsettled } = points;
    const base = this.#growing;
    const tip = [...(base === undefined ? [] : [[base.last, base.value] as const]), ...unsettled];
    for (const [time, value] of tip) this.#tip.append(time, value);
    const [only] = tip;
    const isDot = tip.length === 1 && only !== undefined && (base === undefined || base.length === 1);
    if (isDot) this.#tip.append(only[0] + DOT_COLUMNS * points.column, only[1]);
    if (isDot === this.#tipIsDot) return;
    this.#tipIsDot = isDot;
    this.#give(this.#tip, isDot);
  }

  #give(series: TimeSeries, isDot: boolean): void {
    const width = isDot ? { lineWidth: this.#dotWidth } : {};
    Object.assign(this.#chart.getTimeSeriesOptions(series), this.#look, width);
  }
}

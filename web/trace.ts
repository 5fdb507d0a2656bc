// How a line with gaps is drawn by Smoothie Charts, which joins all points of a series: a series per unbroken piece.

import { type ITimeSeriesPresentationOptions, type SmoothieChart, TimeSeries } from 'smoothie';
import type { Points } from './points.ts';

interface Piece {
  readonly series: TimeSeries;
  length: number;
  last: number;
}

/** One channel's line in a chart: follows its `Points` and gives Smoothie those that have been added. */
export class Trace {
  readonly #chart: SmoothieChart;
  #points: Points | undefined;
  /** Number of the first point that Smoothie does not have yet. */
  #next = 0;
  #pieces: Piece[] = [];
  #growing: Piece | undefined;
  #look: ITimeSeriesPresentationOptions = {};
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
    this.#pieces = [];
    this.#growing = undefined;
    this.#points = undefined;
    this.#next = 0;
  }

  style(look: ITimeSeriesPresentationOptions): void {
    this.#look = look;
    for (const { series } of this.#pieces) Object.assign(this.#chart.getTimeSeriesOptions(series), look);
  }

  hide(hidden: boolean): void {
    this.#hidden = hidden;
    for (const { series } of this.#pieces) series.disabled = hidden;
  }

  #add(time: number, value: number): void {
    const piece = this.#growing ?? this.#begin();
    piece.series.append(time, value);
    piece.length++;
    piece.last = time;
  }

  #begin(): Piece {
    // Without `resetBounds: false` every series would run a timer of its own; the chart finds the bounds itself.
    const series = new TimeSeries({ resetBounds: false });
    series.disabled = this.#hidden;
    this.#chart.addTimeSeries(series, this.#look);
    const piece = { series, length: 0, last: Number.NEGATIVE_INFINITY };
    this.#pieces.push(piece);
    this.#growing = piece;
    return piece;
  }

  /** Ends the piece. One of a single point is given width: Smoothie draws no series of one point. */
  #finish(width: number): void {
    const piece = this.#growing;
    if (piece === undefined) return;
    const [last, value] = [piece.last, piece.series.maxValue];
    if (piece.length === 1) this.#add(last + 2 * width, value);
    this.#growing = undefined;
  }
}

// Collects the rows of a stream for the charts: a series for each shown column, and the spacing of rows.

import type { FollowedRows } from '../../dap/index.ts';
import type { Description } from '../stream/describe.ts';
import { drawnAs } from '../stream/flags.ts';
import { Spacing } from '../stream/spacing.ts';
import { columnIndex, type TimedRows } from '../stream/timed-rows.ts';
import { LinePoints } from './line-points.ts';
import { type LatestValue, Series } from './series.ts';

/** Points are kept for a little more than the window, and for some rows more: a chart lags a moment behind the clock. */
const SPARE = 1.05;
const SPARE_ROWS = 4;

/** Between rows this many times further apart than usual, rows are missing. */
const GAP = 4;

/** Rows that are no further apart than this many milliseconds are never too far apart: less is jitter. */
const SHORT = 1500;

/** The part of the past that a chart shows, and how finely. */
export interface View {
  /** Milliseconds. */
  readonly window: number;
  /** CSS pixels along the time axis. */
  readonly width: number;
}

export class ReceivedRows {
  readonly series: readonly Series[];
  readonly spacing = new Spacing();
  readonly #description: Description;
  #view: View;
  /** The index of each series' column in the rows that come. */
  #indices: readonly number[] = [];
  #count = 0;
  #newest: number | undefined;

  constructor(description: Description, view: View) {
    this.#description = description;
    this.#view = view;
    this.series = description.columns.map(
      column => new Series(column, new LinePoints(...pointsFor(view), drawnAs(column) !== 'line')),
    );
  }

  /** The number of rows that have been taken. */
  get count(): number {
    return this.#count;
  }

  /** The time of the newest row, in milliseconds since 1970 (or since the moment that the time column counts from). */
  get newest(): number | undefined {
    return this.#newest;
  }

  /** Finds the columns in the rows to come by their names. Throws an error if a described column is missing. */
  expect(rows: FollowedRows): this {
    this.#indices = this.#description.columns.map(({ name }) => columnIndex(name, rows));
    return this;
  }

  /** Takes rows `from` to `to - 1`. Skips rows without a time, and a row with the time of the last one. */
  take({ rows, times }: TimedRows, from: number, to: number): void {
    for (let row = from; row < to; row++) this.#takeRow(rows, row, times[row]!);
  }

  #takeRow({ columns }: FollowedRows, row: number, time: number): void {
    const isRepeated = time === this.#newest && this.#description.time !== undefined;
    if (!Number.isFinite(time) || isRepeated) return;
    if (this.#newest !== undefined && time < this.#newest) this.#goBack(time);
    else this.#goOn(time);
    this.#newest = time;
    this.#count++;
    this.spacing.add(time);
    const span = this.#view.window * SPARE + (this.spacing.usual ?? 0) * SPARE_ROWS;
    for (const [index, series] of this.series.entries()) {
      series.points.span = span;
      series.take(time, columns[this.#indices[index]!]![row]);
    }
  }

  /** Keeps the points for another view: it reduces them for a coarser one; for a finer one new rows have to come. */
  resize(view: View): void {
    if (view.window === this.#view.window && view.width === this.#view.width) return;
    this.#view = view;
    for (const series of this.series) series.points = series.points.resample(...pointsFor(view));
  }

  /** The latest values now, which later rows do not change. */
  latestValues(): LatestValue[] {
    return this.series.map(series => series.snapshot());
  }

  /**
   * The greatest distance in milliseconds between a moment and the row that is read there: one and a half usual gaps, or one
   * pixel if rows are denser.
   */
  get reach(): number {
    const interval = 1000 * (this.#description.interval ?? 0);
    return Math.max(1.5 * (this.spacing.usual ?? interval), msPerPixel(this.#view));
  }

  /** The time of the row nearest to `time`, within reach; undefined if there is none, or none with a value. */
  rowAt(lines: readonly LinePoints[], time: number): number | undefined {
    const times = lines.flatMap(points => points.read(time, this.reach)?.time ?? []);
    return times.length === 0
      ? undefined
      : times.reduce((best, at) => (Math.abs(at - time) < Math.abs(best - time) ? at : best));
  }

  /** The time of the row next to `time` that has a value: later for a positive `direction`; undefined if there is none. */
  rowBeside(lines: readonly LinePoints[], time: number, direction: number): number | undefined {
    const times = lines.flatMap(points => points.beside(time, direction) ?? []);
    if (times.length === 0) return undefined;
    return direction > 0 ? Math.min(...times) : Math.max(...times);
  }

  /** The points of each series now, which later rows do not change. */
  copyPoints(): LinePoints[] {
    return this.series.map(({ points }) => points.resample(points.msPerPixel, points.span));
  }

  /** Makes the points of pixels readable that are complete at `time`. */
  settle(time: number): void {
    for (const { points } of this.series) points.settle(time);
  }

  /** Rows are missing between the newest row and the one at `time`: the first and the last a usual gap from these two. */
  #missRows(time: number): void {
    const usual = this.spacing.usual ?? 0;
    for (const { points } of this.series) points.break(this.#newest! + usual, time - usual);
  }

  #isGap(time: number): boolean {
    const { usual } = this.spacing;
    if (usual === undefined || this.#newest === undefined) return false;
    return time - this.#newest > Math.max(SHORT, GAP * usual);
  }

  #goOn(time: number): void {
    const isGap = this.#isGap(time);
    for (const { points } of this.series) points.passLater(time, isGap);
    if (isGap) this.#missRows(time);
  }

  /** The server's clock was set back: points later than `time` are of a time that has not come yet. */
  #goBack(time: number): void {
    for (const series of this.series) series.points = series.points.turnedBack(time);
  }
}

/** Milliseconds that one pixel covers. */
export function msPerPixel({ window, width }: View): number {
  return window / Math.max(1, width);
}

function pointsFor(view: View): [msPerPixel: number, span: number] {
  return [msPerPixel(view), view.window * SPARE];
}

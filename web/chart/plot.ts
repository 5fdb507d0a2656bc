// Plots one dataset: its stream fills the received rows, and each frame draws them, or a copy while the charts are paused.

import type { FollowedRows } from '../../dap/index.ts';
import type { LinePoints } from '../rows/line-points.ts';
import { msPerPixel, ReceivedRows, type View } from '../rows/received-rows.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { LiveStream } from '../stream/live-stream.ts';
import type { StreamState } from '../stream/stream-state.ts';
import type { TimedRows } from '../stream/timed-rows.ts';
import { writeTime } from '../text/times.ts';
import { ClockDifference } from './clock-difference.ts';
import { Panels } from './panels.ts';
import { PausedCharts } from './paused-charts.ts';
import type { PlotStatus } from './plot-status.ts';
import { PointedMoment } from './pointed-moment.ts';
import type { Pointing } from './pointing.ts';
import { rightEdge, settleAhead, steppedEdge } from './right-edge.ts';
import { onPaper } from './theme.ts';

/** The width of a chart that is not laid out yet. */
const USUAL_WIDTH = 900;

/** Milliseconds between two looks at the age of the newest row. */
const STATUS_EVERY = 250;

/** A seam between rows: the time of the last row before it, and of the server's clock after it. */
export interface Seam {
  readonly last: number;
  readonly serverTime: number;
}

export interface PlotOptions {
  /** Milliseconds that are shown. */
  readonly window: number;
  readonly charts: HTMLElement;
  readonly status: PlotStatus;
  /** Called once if an error ends the stream; `hadRows` if rows had come before. */
  readonly failed: (error: unknown, hadRows: boolean) => void;
  /** Called at a seam, and with undefined when rows are later again than the last one before it. */
  readonly seam: (seam: Seam | undefined) => void;
}

export class Plot {
  readonly #description: Description;
  readonly #options: PlotOptions;
  readonly #stream: LiveStream;
  readonly #panels: Panels;
  readonly #pointed = new PointedMoment();
  readonly #difference = new ClockDifference();
  readonly #life = new AbortController();
  #rows: ReceivedRows;
  #view: View;
  /** Undefined while the charts move. */
  #paused: PausedCharts | undefined;
  /** The time of the last row before a seam, until there are later rows. */
  #seam: number | undefined;
  /** The values are out of date: the stream has broken off, and no row has come since. */
  #isStale = false;
  #statusAt = Number.NEGATIVE_INFINITY;
  #frame: number;

  constructor(address: DatasetAddress, description: Description, options: PlotOptions) {
    this.#description = description;
    this.#options = options;
    this.#view = { window: options.window, width: USUAL_WIDTH };
    this.#rows = new ReceivedRows(description, this.#view);
    this.#panels = new Panels(options.charts, description.columns, pointing => this.#point(pointing));
    this.#stream = new LiveStream(address, description, {
      state: state => this.#stateChanged(state),
      begin: (rows, isAnew) => this.#begin(rows, isAnew),
      rows: (timed, from, to) => this.#take(timed, from, to),
      seam: (last, serverTime) => {
        this.#seam = last;
        options.seam({ last, serverTime });
      },
      failed: error => options.failed(error, this.#rows.count > 0),
    });
    this.#stream.start(options.window);
    onPaper(() => this.#panels.print(), this.#life.signal);
    this.#frame = requestAnimationFrame(this.#draw);
  }

  get isPaused(): boolean {
    return this.#paused !== undefined;
  }

  /** Stops the charts, not the stream, or lets them go on with the rows that have come meanwhile. */
  pause(isPaused: boolean): void {
    const { status } = this.#options;
    const time = this.#movingEdge(performance.now());
    if (!isPaused || time === undefined) {
      this.#paused = undefined;
      status.pause(undefined);
      return;
    }
    this.#paused = new PausedCharts(time, this.#rows);
    status.pause(writeTime(this.#rows.newest ?? time, this.#isAbsolute));
  }

  /** Makes the next attempt to connect now. */
  reconnect(): void {
    this.#stream.wake();
  }

  /** Shows `window` milliseconds; asks the server for the rows that are missing for that. */
  setWindow(window: number): void {
    const before = this.#view;
    if (window === before.window) return;
    this.#setView({ ...before, window });
    const isTooCoarse = window < before.window && msPerPixel(before) > (this.#rows.spacing.usual ?? 0);
    if (this.#stream.mayGivePast && (window > before.window || isTooCoarse)) this.#stream.start(window);
    else this.#stream.remember(window);
  }

  /** Marks the columns whose names are among `failing`: their sensors do not answer. */
  markFailing(failing: ReadonlySet<string>): void {
    this.#panels.markFailing(failing);
  }

  remove(): void {
    const { charts, status } = this.#options;
    cancelAnimationFrame(this.#frame);
    this.#life.abort();
    status.pause(undefined);
    charts.removeAttribute('data-stale');
    ClockDifference.show('');
    this.#stream.stop();
    this.#panels.remove();
  }

  #stateChanged(state: StreamState): void {
    this.#options.status.set(state);
    if (state.state === 'connected') this.#isStale = false;
    else if (!['connecting', 'waiting'].includes(state.state)) this.#isStale = true;
  }

  #begin(rows: FollowedRows, isAnew: boolean): void {
    if (isAnew && this.#rows.count > 0) this.#rows = new ReceivedRows(this.#description, this.#view);
    this.#rows.expect(rows);
    this.#difference.restart();
  }

  #take(timed: TimedRows, from: number, to: number): void {
    this.#rows.take(timed, from, to);
    this.#difference.arrived(performance.now());
    this.#options.status.beat();
    if (this.#seam !== undefined && (this.#rows.newest ?? 0) > this.#seam) {
      this.#seam = undefined;
      this.#options.seam(undefined);
    }
  }

  #setView(view: View): void {
    this.#view = view;
    this.#rows.resize(view);
    this.#paused?.resize(view);
  }

  readonly #draw = (): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const browser = performance.now();
    const { width } = this.#panels;
    if (width > 0 && width !== this.#view.width) this.#setView({ ...this.#view, width });
    this.#panels.paint();
    this.#showStatus(browser);
    const edge = this.#edge(browser);
    if (edge === undefined) return;
    const { window } = this.#view;
    if (!this.isPaused) this.#rows.settle(edge + settleAhead(this.#view, this.#rows.spacing.usual));
    this.#pointed.leave(edge - window);
    const frame = { time: edge, window, absolute: this.#isAbsolute, cursor: this.#pointed.time };
    this.#panels.draw(frame, this.#paused?.latest ?? this.#rows.series, this.#lines, this.#rows.reach);
  };

  get #isAbsolute(): boolean {
    return this.#description.time?.absolute ?? true;
  }

  get #lines(): readonly LinePoints[] {
    return this.#paused?.lines ?? this.#rows.series.map(({ points }) => points);
  }

  #point(pointing: Pointing): void {
    this.#pointed.move(pointing, this.#edge(performance.now()), this.#view.window, this.#rows, this.#lines);
  }

  /** The time at the right edge; undefined before the first row. */
  #edge(browser: number): number | undefined {
    return this.#paused?.time ?? this.#movingEdge(browser);
  }

  #movingEdge(browser: number): number | undefined {
    const now = this.#stream.clock.now(browser);
    if (now === undefined) return undefined;
    const { newest, spacing } = this.#rows;
    const { state } = this.#options.status.stream;
    const edge = rightEdge(now, this.#view, spacing.usual);
    const isOver = state === 'ended' || state === 'failed';
    return steppedEdge(isOver && newest !== undefined ? Math.min(edge, newest) : edge);
  }

  #showStatus(browser: number): void {
    if (browser - this.#statusAt < STATUS_EVERY) return;
    this.#statusAt = browser;
    const { charts, status } = this.#options;
    const { newest, spacing } = this.#rows;
    const now = this.#stream.clock.now(browser);
    const isLate = status.show({
      newest,
      age: newest === undefined || now === undefined ? 0 : now - newest,
      usual: spacing.usual,
      median: spacing.median,
      absolute: this.#isAbsolute,
    });
    const isKnown = this.#description.time?.absolute === true && status.stream.state === 'connected';
    ClockDifference.show(isKnown ? this.#difference.text(now, Date.now()) : '');
    charts.toggleAttribute('data-stale', !this.isPaused && (this.#isStale || isLate));
  }
}

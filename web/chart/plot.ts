// Plots one dataset: its stream fills the received rows, and each frame draws them, a copy while the charts are paused, or the past.

import type { FollowedRows } from '../../dap/index.ts';
import type { WantedStretch } from '../past/past-view.ts';
import { isStanding, lengthOf } from '../past/timeline.ts';
import type { LinePoints } from '../rows/line-points.ts';
import { msPerPixel, ReceivedRows, type View } from '../rows/received-rows.ts';
import type { LatestValue } from '../rows/series.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { LiveStream } from '../stream/live-stream.ts';
import type { StreamState } from '../stream/stream-state.ts';
import type { TimedRows } from '../stream/timed-rows.ts';
import { writeTime } from '../text/times.ts';
import { CatchingUp } from './catching-up.ts';
import { ClockDifference } from './clock-difference.ts';
import { ColumnChoice } from './column-choice.ts';
import { MOST_LIVE, showsStream } from './live-or-past.ts';
import { Panels } from './panels.ts';
import { PastCharts } from './past-charts.ts';
import { PausedCharts } from './paused-charts.ts';
import type { PlotOptions } from './plot-options.ts';
import { PointedMoment } from './pointed-moment.ts';
import type { Pointing } from './pointing.ts';
import { movingEdge, settleAhead } from './right-edge.ts';
import { onPaper } from './theme.ts';

/** The width of a chart that is not laid out yet. */
const USUAL_WIDTH = 900;

/** Milliseconds between two looks at the age of the newest row. */
const STATUS_EVERY = 250;

export class Plot {
  readonly #description: Description;
  readonly #options: PlotOptions;
  readonly #stream: LiveStream;
  readonly #panels: Panels;
  readonly past: PastCharts;
  /** The server can be asked for stretches of its past. */
  readonly mayLookBack: boolean;
  readonly #pointed: PointedMoment;
  readonly #difference = new ClockDifference();
  readonly #catchingUp = new CatchingUp();
  readonly #life = new AbortController();
  #rows: ReceivedRows;
  #view: View;
  /** Undefined while the charts move. */
  #paused: PausedCharts | undefined;
  /** The values are out of date: the stream has broken off, and no row has come since. */
  #isStale = false;
  #statusAt = Number.NEGATIVE_INFINITY;
  #frame: number;

  constructor(address: DatasetAddress, description: Description, options: PlotOptions) {
    this.#description = description;
    this.#options = options;
    this.#pointed = options.moment ?? new PointedMoment();
    const { time } = description;
    this.mayLookBack = time?.absolute === true && description.isBounded !== true;
    const length = lengthOf(options.timeline.shown);
    this.#view = { window: this.#mayBeLive ? length : Math.min(length, MOST_LIVE), width: USUAL_WIDTH };
    this.#rows = new ReceivedRows(description, this.#view);
    const choice = options.columns ?? new ColumnChoice();
    this.#panels = new Panels(options.charts, description.columns, choice, pointing => this.#point(pointing));
    this.#stream = new LiveStream(address, description, {
      state: state => this.#stateChanged(state),
      begin: (rows, isAnew) => this.#begin(rows, isAnew),
      rows: (timed, from, to) => this.#take(timed, from, to),
      seam: (last, serverTime) => options.seam({ last, serverTime }),
      failed: error => options.failed(error, this.#rows.count > 0),
    });
    const pastChanged = () => options.past(this.past.status);
    this.past = new PastCharts(address, description, options.isOwn, this.#panels, pastChanged);
    this.#stream.start(this.#view.window);
    onPaper(this.drawAll, this.#life.signal);
    // The past is asked for by the width of the charts, which observers tell only after the first picture.
    if (!this.isLive) this.drawAll();
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

  /** The values of now, or those of the moment of the pause, in the order of the columns. */
  get latest(): readonly LatestValue[] {
    return this.#paused?.latest ?? this.#rows.series;
  }

  /** Makes the next attempt to connect now. */
  reconnect(): void {
    this.#stream.wake();
  }

  /** The right edge of moving charts, in milliseconds; undefined before the first row. */
  get movingEdge(): number | undefined {
    return this.#movingEdge(performance.now());
  }

  /** Whether rows of the stream are drawn, and not the past. */
  get isLive(): boolean {
    // Where rows turn out to be rare, the stream has begun with less of them than a long window shows.
    const isWhole = lengthOf(this.#options.timeline.shown) === this.#view.window;
    return this.#mayBeLive && (isWhole || !this.mayLookBack);
  }

  get #mayBeLive(): boolean {
    const { timeline, isOwn } = this.#options;
    return !this.mayLookBack || showsStream(timeline.shown, this.#usual, isOwn);
  }

  /** The usual gap between rows in milliseconds; 0 if it is not known. */
  get #usual(): number {
    return this.#rows?.spacing.usual ?? 1000 * (this.#description.interval ?? 0);
  }

  /** The timeline has changed: asks the server for the rows that moving charts lack. */
  timelineChanged(): void {
    const { shown } = this.#options.timeline;
    if (isStanding(shown)) this.pause(false);
    else if (this.#mayBeLive) this.#setWindow(shown.window);
  }

  #setWindow(window: number): void {
    const before = this.#view;
    if (window === before.window) return;
    this.#setView({ ...before, window });
    const isTooCoarse = window < before.window && msPerPixel(before) > (this.#rows.spacing.usual ?? 0);
    // A server that thins rows out has a past, though it may have had no row for a while.
    const mayGivePast = this.#options.isOwn || this.#stream.mayGivePast;
    if (mayGivePast && (window > before.window || isTooCoarse)) this.#stream.start(window);
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
    status.clock('');
    this.#stream.stop();
    this.past.remove();
    this.#panels.remove();
  }

  #stateChanged(state: StreamState): void {
    this.#options.status.set(state);
    if (state.state === 'connected') this.#isStale = false;
    else if (!['connecting', 'waiting'].includes(state.state)) this.#isStale = true;
  }

  #begin(rows: FollowedRows, isAnew: boolean): void {
    const isOther = isAnew && this.#rows.count > 0;
    // Where a column is missing, the rows until now stay.
    this.#rows = (isOther ? new ReceivedRows(this.#description, this.#view) : this.#rows).expect(rows);
    this.#difference.restart();
  }

  #take(timed: TimedRows, from: number, to: number): void {
    this.#rows.take(timed, from, to);
    this.#difference.arrived(performance.now());
    this.#options.status.beat();
    const { count, series, newest } = this.#rows;
    this.#options.rowsCame(count, series, newest);
  }

  #setView(view: View): void {
    this.#view = view;
    this.#rows.resize(view);
    this.#paused?.resize(view);
  }

  /** Draws every chart at once, in sight or not. */
  readonly drawAll = (): void => this.#panels.print();

  readonly #draw = (): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const browser = performance.now();
    const { width } = this.#panels;
    if (width > 0 && width !== this.#view.width) this.#setView({ ...this.#view, width });
    this.#panels.paint();
    this.#showStatus(browser);
    const edge = this.edge(browser);
    if (edge === undefined) return;
    if (!this.isLive) {
      this.#drawPast(edge);
      return;
    }
    this.past.close();
    const { window } = this.#view;
    if (!this.isPaused) this.#rows.settle(edge + settleAhead(this.#view, this.#rows.spacing.usual));
    // A plot of rows without a past moves on while those of other datasets show the past.
    if (!isStanding(this.#options.timeline.shown)) this.#pointed.leave(edge - window);
    const frame = {
      time: edge,
      window,
      absolute: this.#isAbsolute,
      cursor: this.#pointed.time,
      isPinned: this.#pointed.isPinned,
    };
    const { count, newest = edge } = this.#rows;
    if (this.#catchingUp.leavesOut(browser, count, edge - newest, window)) return;
    this.#panels.draw(frame, this.latest, this.#lines, this.#rows.reach);
    this.#catchingUp.drawn(browser, performance.now());
  };

  #drawPast(edge: number): void {
    // The rows that come meanwhile are kept for the charts to move on with.
    this.#rows.settle(edge);
    const wanted = this.#wantedStretch(edge);
    this.past.draw(wanted, this.#pointed, this.#rows.series);
  }

  #wantedStretch(edge: number): WantedStretch {
    // No row can be later than the server's clock.
    const known = this.#options.storedUntil ?? this.#stream.serverTime(performance.now()) ?? edge;
    const { newest = Math.min(edge, known), spacing } = this.#rows;
    const { width } = this.#view;
    return { ...this.#options.timeline.stretch(edge), width, usual: spacing.usual, newest };
  }

  get #isAbsolute(): boolean {
    return this.#description.time?.absolute ?? true;
  }

  get #lines(): readonly LinePoints[] {
    return this.#paused?.lines ?? this.#rows.series.map(({ points }) => points);
  }

  #point(pointing: Pointing): void {
    const edge = this.edge();
    if (edge === undefined || this.isLive) {
      const { window } = this.#view;
      this.#pointed.move(pointing, edge, {
        window,
        timeAt: time => this.#rows.rowAt(this.#lines, time),
        beside: (time, direction) => this.#rows.rowBeside(this.#lines, time, direction),
      });
      return;
    }
    const wanted = this.#wantedStretch(edge);
    this.#pointed.move(pointing, wanted.to, this.past.pointedIn(wanted));
  }

  /** The time at the right edge at the time `browser`, that of a pause too; undefined before the first row, which the past does not wait for. */
  edge(browser = performance.now()): number | undefined {
    return this.#paused?.time ?? this.#movingEdge(browser) ?? this.#pastEdge(browser);
  }

  #pastEdge(browser: number): number | undefined {
    const { shown } = this.#options.timeline;
    if (this.isLive) return undefined;
    return isStanding(shown) ? shown.to : this.#stream.serverTime(browser);
  }

  #movingEdge(browser: number): number | undefined {
    const now = this.#stream.clock.now(browser);
    if (now === undefined) return undefined;
    const { state } = this.#options.status.stream;
    return movingEdge(now, this.#view, this.#rows, state === 'ended' || state === 'failed');
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
      usual: this.#usual,
      median: spacing.median,
      absolute: this.#isAbsolute,
    });
    const isKnown = this.#description.time?.absolute === true && status.stream.state === 'connected';
    status.clock(isKnown ? this.#difference.text(now, Date.now()) : '');
    charts.toggleAttribute('data-stale', !this.isPaused && (this.#isStale || isLate));
  }
}

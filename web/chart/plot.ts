// Plots one dataset: its stream fills a recording, and a loop of frames draws that, or a copy while it is paused.

import type { FollowedRows } from '../../dap/index.ts';
import type { Points } from '../rows/points.ts';
import { type ChannelReport, Recording, type View } from '../rows/recording.ts';
import type { DatasetAddress } from '../stream/address.ts';
import { type Description, groupByUnit } from '../stream/describe.ts';
import { Live } from '../stream/live.ts';
import { writeTime } from '../text/times.ts';
import type { Frame } from './chart.ts';
import { ClockDifference } from './clock-difference.ts';
import { Panel, type Pointing } from './panel.ts';
import type { PlotStatus } from './plot-status.ts';
import { TextPanel } from './text-panel.ts';
import { currentTheme, onPaper, wantsStillness } from './theme.ts';

/** Rows of time by which a chart lags behind: the line reaches its right edge, though the next row is still to come. */
const LAG = 1.75;

/** Milliseconds that a chart lags behind at most: with seldom rows the newest one is more than a full chart. */
const MOST_LAG = 5000;

/** Milliseconds that a chart waits at most until two columns of pixels are complete: in a long window a row is seen before. */
const MOST_LAG_OF_COLUMNS = 1000;

/** Share of the window that the cursor moves by in one step, if rows are not further apart. */
const STEP = 0.01;

/** Columns of pixels in a chart that is not laid out yet. */
const USUAL_COLUMNS = 900;

/** Milliseconds between two pictures for people who want no motion. */
const STILL_FOR = 1000;

/** Milliseconds between two looks at the age of the newest row. */
const STATUS_EVERY = 250;

/** The charts of a group of channels, and where their tracks are among those of the recording. */
interface Group {
  readonly panel: Panel;
  readonly places: readonly number[];
}

/** What is shown while the charts stand still. */
interface Still {
  readonly time: number;
  /** As they were, and as they are drawn in the window that is chosen now. */
  readonly kept: readonly Points[];
  drawn: readonly Points[];
  readonly reported: readonly ChannelReport[];
}

export class Plot {
  readonly #description: Description;
  readonly #charts: HTMLElement;
  readonly #status: PlotStatus;
  readonly #live: Live;
  readonly #groups: readonly Group[];
  readonly #texts: TextPanel | undefined;
  readonly #pastSeam: () => void;
  #recording: Recording;
  #view: View;
  /** The time of the last row before a seam, until there are later ones. */
  #seam: number | undefined;
  #still: Still | undefined;
  /** The moment that is pointed at: of a row, where one is near. It moves along with the data. */
  #pointed: number | undefined;
  /** The values are not those of now: the stream has broken off, and no row has come since. */
  #isStale = false;
  readonly #life = new AbortController();
  readonly #difference = new ClockDifference();
  #statusAt = Number.NEGATIVE_INFINITY;
  #theme = currentTheme();
  #frame: number;

  /** `failed` is told once why no more rows will come, where that is not their end, and whether any had come. */
  constructor(
    address: DatasetAddress,
    description: Description,
    options: {
      readonly window: number;
      readonly charts: HTMLElement;
      readonly status: PlotStatus;
      readonly failed: (error: unknown, hadRows: boolean) => void;
      /** Is told of a seam: the last row before it, and what the server's clock reads; and when rows are past it. */
      readonly seam: (seam: { readonly last: number; readonly serverTime: number } | undefined) => void;
    },
  ) {
    const { window, charts, status, failed, seam } = options;
    this.#charts = charts;
    this.#description = description;
    this.#status = status;
    this.#pastSeam = () => seam(undefined);
    this.#view = { window, columns: USUAL_COLUMNS };
    this.#recording = new Recording(description, this.#view);
    const places = new Map(description.channels.map((channel, place) => [channel, place]));
    this.#groups = groupByUnit(description.channels).map(group => ({
      panel: new Panel(group, pointing => this.#point(pointing)),
      places: group.channels.map(channel => places.get(channel)!),
    }));
    const texts = description.channels.filter(({ kind }) => kind === 'text');
    this.#texts = texts.length === 0 ? undefined : new TextPanel(texts);
    charts.replaceChildren(...this.#groups.map(({ panel }) => panel.element));
    if (this.#texts !== undefined) charts.append(this.#texts.element);

    this.#live = new Live(address, description, {
      connection: connection => {
        status.set(connection);
        if (connection.state === 'connected') this.#isStale = false;
        else if (!['connecting', 'waiting'].includes(connection.state)) this.#isStale = true;
      },
      begin: (columns, anew) => this.#begin(columns, anew),
      timeOf: (rows, index, browser) => this.#timeOf(rows, index, browser),
      rows: (rows, from, to, browser) => this.#take(rows, from, to, browser),
      seam: (last, serverTime) => {
        this.#seam = last;
        seam({ last, serverTime });
      },
      failed: error => failed(error, this.#recording.rows > 0),
    });
    this.#live.start(window);
    onPaper(() => this.#print(), this.#life.signal);
    this.#frame = requestAnimationFrame(this.#draw);
  }

  get isPaused(): boolean {
    return this.#still !== undefined;
  }

  /** Stops the charts, not the stream; going on shows what has come meanwhile. */
  pause(paused: boolean): void {
    const time = this.#edge(performance.now());
    if (!paused || time === undefined) {
      this.#still = undefined;
      this.#status.pause(undefined);
      return;
    }
    const kept = this.#recording.copyPoints();
    this.#still = { time, kept, drawn: kept, reported: this.#recording.report() };
    this.#status.pause(writeTime(this.#recording.newest ?? time, this.#absolute));
  }

  /** Makes the next attempt to connect now. */
  reconnect(): void {
    this.#live.wake();
  }

  /** Shows `window` milliseconds; asks the server for what is missing for that. */
  setWindow(window: number): void {
    const before = this.#view;
    if (window === before.window) return;
    this.#setView({ ...before, window });
    const usual = this.#recording.spacing.usual ?? 0;
    const tooCoarse = before.window / before.columns > usual && window < before.window;
    if (this.#live.mayTakePast && (window > before.window || tooCoarse)) this.#live.start(window);
    else this.#live.remember(window);
  }

  /** Marks the channels whose columns are among `failing`: their sensors do not answer. */
  markFailing(failing: ReadonlySet<string>): void {
    for (const { panel } of this.#groups) panel.markFailing(failing);
  }

  remove(): void {
    cancelAnimationFrame(this.#frame);
    this.#life.abort();
    this.#status.pause(undefined);
    this.#charts.removeAttribute('data-stale');
    ClockDifference.show('');
    this.#live.stop();
    for (const { panel } of this.#groups) panel.remove();
    this.#texts?.element.remove();
  }

  #begin(columns: readonly string[], anew: boolean): void {
    if (anew && this.#recording.rows > 0) this.#recording = new Recording(this.#description, this.#view);
    this.#recording.expect(columns);
    this.#difference.restart();
  }

  #take(rows: FollowedRows, from: number, to: number, browser: number): void {
    for (let index = from; index < to; index++) {
      this.#recording.take(rows, index, this.#timeOf(rows, index, browser));
    }
    this.#difference.arrived(browser);
    this.#status.beat();
    if (this.#seam !== undefined && (this.#recording.newest ?? 0) > this.#seam) {
      this.#seam = undefined;
      this.#pastSeam();
    }
  }

  /** In milliseconds since 1970; of rows that do not tell their time, by the browser's clock when they came. */
  #timeOf(rows: FollowedRows, index: number, browser: number): number {
    return this.#recording.timeOf(rows, index, performance.timeOrigin + browser);
  }

  #setView(view: View): void {
    this.#view = view;
    this.#recording.resize(view);
    const column = view.window / view.columns;
    const still = this.#still;
    if (still !== undefined) {
      still.drawn = still.kept.map(points => points.resample(column, Number.POSITIVE_INFINITY));
    }
  }

  readonly #draw = (): void => {
    this.#frame = requestAnimationFrame(this.#draw);
    const browser = performance.now();
    this.#fit();
    this.#paint();
    this.#showStatus(browser);
    const edge = this.#shownEdge(browser);
    if (edge === undefined) return;
    if (this.#still === undefined) this.#recording.settle(edge + this.#settleAhead);
    const { window } = this.#view;
    if (this.#pointed !== undefined && this.#pointed < edge - window) this.#pointed = undefined;
    const frame: Frame = { time: edge, window, absolute: this.#absolute, cursor: this.#pointed };
    const tracks = this.#still?.reported ?? this.#recording.tracks;
    const points = this.#points;
    for (const { panel, places } of this.#groups) {
      panel.draw(frame, pick(tracks, places), pick(points, places), this.#recording.reach);
    }
    this.#texts?.show(tracks, this.#pointed !== undefined);
  };

  get #absolute(): boolean {
    return this.#description.time?.absolute ?? true;
  }

  /** What the lines are drawn by now. */
  get #points(): readonly Points[] {
    return this.#still?.drawn ?? this.#recording.tracks.map(track => track.points);
  }

  #shownEdge(browser: number): number | undefined {
    return this.#still?.time ?? this.#edge(browser);
  }

  /** Holds the moment of the row that is pointed at, or the moment itself where there is none. */
  #point(pointing: Pointing): void {
    const edge = this.#shownEdge(performance.now());
    if (pointing === undefined || edge === undefined) {
      this.#pointed = undefined;
      return;
    }
    const { window } = this.#view;
    const step = Math.max(window * STEP, this.#recording.spacing.usual ?? 0);
    const wanted =
      'place' in pointing
        ? edge - window * (1 - pointing.place)
        : (this.#pointed ?? edge) + pointing.steps * step;
    const time = Math.max(edge - window, Math.min(edge, wanted));
    this.#pointed = this.#recording.rowAt(this.#points, time) ?? time;
  }

  /** On paper every chart is drawn, in sight or not, in the colours and at the size of the paper. */
  #print(): void {
    this.#paint();
    for (const { panel } of this.#groups) panel.drawNow();
  }

  /** Takes over the width of the charts. */
  #fit(): void {
    const columns = this.#groups[0]?.panel.width ?? 0;
    if (columns > 0 && columns !== this.#view.columns) this.#setView({ ...this.#view, columns });
  }

  /** Takes over the theme: a canvas is not painted anew by the style sheet. */
  #paint(): void {
    const theme = currentTheme();
    if (theme === this.#theme) return;
    this.#theme = theme;
    for (const { panel } of this.#groups) panel.restyle();
  }

  /** The time at the charts' right edge while they move; undefined before the first row. */
  #edge(browser: number): number | undefined {
    const now = this.#live.clock.now(browser);
    if (now === undefined) return undefined;
    const { newest } = this.#recording;
    const { state } = this.#status.connection;
    const isOver = state === 'ended' || state === 'failed';
    const edge = isOver && newest !== undefined ? Math.min(now - this.#lag, newest) : now - this.#lag;
    return wantsStillness() ? edge - (edge % STILL_FOR) : edge;
  }

  get #lag(): number {
    const columns = (2 * this.#view.window) / this.#view.columns;
    const rows = LAG * (this.#recording.spacing.usual ?? 0);
    return Math.max(Math.min(columns, MOST_LAG_OF_COLUMNS), Math.min(rows, MOST_LAG));
  }

  /** How far beyond the right edge columns of pixels are complete: as far as the next row, which the line goes to. */
  get #settleAhead(): number {
    const usual = Math.min(this.#recording.spacing.usual ?? 0, MOST_LAG);
    return usual + this.#view.window / this.#view.columns;
  }

  #showStatus(browser: number): void {
    if (browser - this.#statusAt < STATUS_EVERY) return;
    this.#statusAt = browser;
    const { newest, spacing } = this.#recording;
    const now = this.#live.clock.now(browser);
    const isLate = this.#status.show({
      newest,
      age: newest === undefined || now === undefined ? 0 : now - newest,
      usual: spacing.usual,
      median: spacing.median,
      absolute: this.#absolute,
    });
    const { state } = this.#status.connection;
    const isTold = this.#description.time?.absolute === true && state === 'connected';
    ClockDifference.show(isTold ? this.#difference.text(now, Date.now()) : '');
    this.#charts.toggleAttribute('data-stale', this.#still === undefined && (this.#isStale || isLate));
  }
}

function pick<T>(items: readonly T[], places: readonly number[]): T[] {
  return places.map(place => items[place]!);
}

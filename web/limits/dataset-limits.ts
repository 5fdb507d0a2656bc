// Judges the newest values of one dataset by its limits: those of its stream, and in a hidden tab those that it asks for.

import type { LatestValue } from '../rows/series.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { HiddenValues } from './hidden-values.ts';
import { type Beyond, type LevelNews, LevelWatch, type WatchedValue } from './level-watch.ts';

/** Milliseconds between two looks at the newest values. */
const LOOK_EVERY = 500;

/** Rows that come this many times faster than time are rows of the past: their values are not those of now. */
const CATCHING_UP = 5;

/** Receives what is beyond a limit now, and what is new of it. */
export type LimitsListener = (beyond: readonly Beyond[], news: readonly LevelNews[]) => void;

export class DatasetLimits {
  readonly #watch = new LevelWatch();
  readonly #columns: readonly ShownColumn[];
  readonly #listener: LimitsListener;
  readonly #life = new AbortController();
  readonly #looking: ReturnType<typeof setInterval>;
  #latest: readonly LatestValue[] | undefined;
  /** Digits of each column as the stream showed them last. */
  readonly #decimals = new Map<string, number>();
  #lookedAt = Number.NaN;
  #newest = Number.NaN;

  /** `from`: the address of the newest row, for a hidden tab; undefined if the server has none. */
  constructor(columns: readonly ShownColumn[], from: string | undefined, listener: LimitsListener) {
    this.#columns = columns.filter(({ limits }) => limits !== undefined);
    this.#listener = listener;
    this.#looking = setInterval(() => this.#look(performance.now()), LOOK_EVERY);
    if (from !== undefined) new HiddenValues(from, values => this.#hidden(values), this.#life.signal);
  }

  /** Rows have come: these are the newest values, also of rows to come. */
  rowsCame(latest: readonly LatestValue[]): void {
    this.#latest = latest;
  }

  remove(): void {
    clearInterval(this.#looking);
    this.#life.abort();
    this.#listener([], []);
  }

  #look(now: number): void {
    const latest = this.#latest;
    if (latest === undefined) return;
    const newest = Math.max(...latest.map(({ lastValue }) => lastValue?.time ?? Number.NEGATIVE_INFINITY));
    const isSteady = newest - this.#newest <= CATCHING_UP * (now - this.#lookedAt);
    [this.#newest, this.#lookedAt] = [newest, now];
    if (!isSteady) return;
    const watched = latest.flatMap(({ column, latest: value, decimals }) => {
      if (typeof value !== 'number' || column.limits === undefined) return [];
      this.#decimals.set(column.name, decimals);
      return [{ column, value, decimals }];
    });
    this.#take(watched, now);
  }

  #hidden(values: ReadonlyMap<string, number>): void {
    // The stream of a hidden page rests: its values are older.
    this.#latest = undefined;
    this.#newest = Number.NaN;
    const watched = this.#columns.map(column => {
      const stored = values.get(column.name) ?? Number.NaN;
      const value = Number.isNaN(stored) ? stored : (column.meaning?.valueOf(stored) ?? stored);
      return { column, value, decimals: this.#decimals.get(column.name) ?? 1 };
    });
    this.#take(watched, performance.now());
  }

  #take(watched: readonly WatchedValue[], now: number): void {
    const news = this.#watch.take(watched, now);
    this.#listener(this.#watch.beyond, news);
  }
}

// Shows the columns of one dataset as tiles above its charts: values from its stream, today and the last hour from the server.

import type { LatestValue } from '../rows/series.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { ChartLines } from './chart-lines.ts';
import { DatasetTiles } from './dataset-tiles.ts';
import { readingOf } from './reading.ts';
import { RecentWatch } from './recent-watch.ts';
import { Tile } from './tile.ts';
import { TileList } from './tile-list.ts';

/** Milliseconds between two changes of the values, and between two looks for the first ones. */
const SHOW_EVERY = 500;
const FIRST_SHOW_EVERY = 100;

/** Tiles in sight, on a phone and on wider screens: the charts below must be in sight too. */
const MOST = { narrow: 5, wide: 12 };

/** The stream of a dataset. */
export interface LiveValues {
  /** The newest values, in the order of the columns. */
  readonly latest: readonly LatestValue[];
}

export interface ColumnTilesOptions {
  readonly charts: HTMLElement;
  readonly columns: readonly ShownColumn[];
  readonly live: LiveValues;
  /** The address of the dataset's `latest.json`; undefined for a dataset of another server, which may have none. */
  readonly recent: URL | undefined;
}

export class ColumnTiles {
  readonly #options: ColumnTilesOptions;
  readonly #tiles: readonly Tile[];
  readonly #list: TileList;
  readonly #lines: ChartLines;
  readonly #said: DatasetTiles;
  readonly #watch: RecentWatch | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Puts the tiles above the charts. */
  constructor(options: ColumnTilesOptions) {
    const { charts, columns, recent } = options;
    this.#options = options;
    this.#said = new DatasetTiles(columns);
    this.#lines = new ChartLines(charts, () => this.#showLines());
    this.#tiles = columns.map(column => {
      return new Tile(column, column.kind === 'text' ? undefined : () => this.#press(column.name));
    });
    const most = matchMedia('(max-width: 44rem)').matches ? MOST.narrow : MOST.wide;
    this.#list = new TileList(this.#tiles, most, true);
    this.#list.element.classList.add('column-tiles');
    charts.before(this.#list.element);
    // The address may have hidden columns before there were tiles.
    this.#showLines();
    this.#watch =
      recent &&
      new RecentWatch(recent, {
        answered: ([said], at, isFirst) => {
          if (said === undefined) return;
          this.#said.take(said, at, isFirst);
          if (said.described === undefined) return;
          for (const tile of this.#tiles) {
            tile.draw(this.#said.seriesOf(tile.column.name), this.#said.joins);
          }
        },
        // The stream says whether the server answers.
        unanswered: () => {},
      });
    this.#showAgain();
  }

  remove(): void {
    clearTimeout(this.#timer);
    this.#watch?.close();
    this.#lines.close();
    this.#list.element.remove();
  }

  #press(column: string): void {
    this.#lines.toggle(column);
    this.#showLines();
  }

  #showLines(): void {
    for (const tile of this.#tiles) tile.hide(this.#lines.isHidden(tile.column.name));
  }

  #showAgain(): void {
    this.#show();
    const isWaiting = this.#tiles.some(({ state }) => state === 'waiting');
    this.#timer = setTimeout(() => this.#showAgain(), isWaiting ? FIRST_SHOW_EVERY : SHOW_EVERY);
  }

  #show(): void {
    if (document.visibilityState === 'hidden') return;
    const { live, charts } = this.#options;
    const { latest } = live;
    const isStale = charts.hasAttribute('data-stale');
    const now = performance.now();
    for (const [index, tile] of this.#tiles.entries()) {
      const { latest: value, lastValue, decimals = 1 } = latest[index] ?? {};
      const said = this.#said.inputOf(tile.column, now, false);
      // Until the stream has a row, the newest one that the server knows counts: the next may come in an hour.
      const shown =
        value === undefined
          ? { ...said, isStale: isStale || said.isStale === true }
          : { ...said, value, decimals, isStale };
      // Charts that are paused may show a value of another day.
      const isOfToday = lastValue !== undefined && this.#said.isOfToday(lastValue.time);
      tile.show(readingOf(tile.column, { ...shown, ...(isOfToday ? widened(said.today, value) : {}) }));
    }
    this.#list.arrange();
  }
}

/** The extremes of today with a value that has come since. */
function widened(
  today: { readonly least: number; readonly greatest: number } | undefined,
  value: number | string | undefined,
): { readonly today?: { readonly least: number; readonly greatest: number } } {
  if (today === undefined || typeof value !== 'number' || !Number.isFinite(value)) return {};
  return { today: { least: Math.min(today.least, value), greatest: Math.max(today.greatest, value) } };
}

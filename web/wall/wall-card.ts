// Shows one dataset on the wall: a link to its charts, and a tile for each of its columns.

import { type Beyond, type LevelNews, LevelWatch } from '../limits/level-watch.ts';
import { pageQuery } from '../stream/address.ts';
import { element, write } from '../text/element.ts';
import { writeDuration } from '../text/times.ts';
import { DatasetTiles } from '../tiles/dataset-tiles.ts';
import { readingOf } from '../tiles/reading.ts';
import type { Described, RecentDataset } from '../tiles/recent.ts';
import { Tile } from '../tiles/tile.ts';
import { TileList } from '../tiles/tile-list.ts';

/** Tiles of a dataset that are in sight: more belong to its charts. */
const MOST_TILES = 6;

export class WallCard {
  readonly name: string;
  readonly element: HTMLElement;
  /** The names, units and kinds of its columns as one text: a card is made anew when they change. */
  readonly layout: string;
  readonly #data: DatasetTiles;
  readonly #tiles: readonly Tile[];
  readonly #list: TileList;
  readonly #link: HTMLAnchorElement;
  readonly #note = element('p', { class: 'card-note' });
  readonly #levels = new LevelWatch();
  #said: RecentDataset | undefined;
  /** How much is wrong: the number of failing sensors and of columns with an alarm; more for a dataset without new rows. */
  rank = 0;

  /** @param page the address of the page, which also shows charts */
  constructor({ name, title }: RecentDataset, described: Described, page: string) {
    this.name = name;
    this.layout = layoutOf(described);
    this.#data = new DatasetTiles(described.columns);
    this.#tiles = described.columns.map(column => new Tile(column));
    this.#list = new TileList(this.#tiles, MOST_TILES, false);
    const query = pageQuery({ base: new URL(name, page).href, constraint: '' }, page);
    this.#link = element('a', { href: `?${query}` }, title);
    this.element = element(
      'section',
      { class: 'card', 'data-dataset': name, 'aria-label': title },
      element('h2', {}, this.#link),
      this.#note,
      this.#list.element,
    );
  }

  take(said: RecentDataset, at: number, isFirst: boolean): void {
    this.#said = said;
    this.#data.take(said, at, isFirst);
    write(this.#link, said.title);
    if (said.described === undefined) return;
    for (const tile of this.#tiles) {
      tile.draw(this.#data.seriesOf(tile.column.name), this.#data.joins);
    }
  }

  show(now: number, isUnanswered: boolean): void {
    for (const tile of this.#tiles) {
      tile.show(readingOf(tile.column, this.#data.inputOf(tile.column, now, isUnanswered)));
    }
    this.#list.arrange();
    const late = this.#data.lateness(now);
    const { failure } = this.#said ?? {};
    const { failing, alarms } = this;
    this.rank = failure !== undefined ? 1000 : failing + alarms || (late !== undefined ? 0.5 : 0);
    this.element.classList.toggle('troubled', this.rank > 0);
    write(this.#note, this.#noteText(late));
  }

  /** Follows the levels of its columns by the newest values, and returns what is to be told. */
  judge(now: number): LevelNews[] {
    if (this.#data.lateness(now) !== undefined) return [];
    const values = this.#data.columns.flatMap(column => {
      const { value, decimals } = this.#data.inputOf(column, now, false);
      return typeof value === 'number' ? [{ column, value, decimals }] : [];
    });
    return this.#levels.take(values, now);
  }

  get beyond(): readonly Beyond[] {
    return this.#levels.beyond;
  }

  /** True if its title, name or a column contains all of the words, in small letters. */
  matches(words: readonly string[]): boolean {
    const text = [
      this.#said?.title,
      this.name,
      ...this.#tiles.flatMap(({ column }) => [column.label, column.name]),
    ]
      .join(' ')
      .toLowerCase();
    return words.every(word => text.includes(word));
  }

  get hasLimits(): boolean {
    return this.#data.columns.some(({ limits }) => limits !== undefined);
  }

  get alarms(): number {
    return this.#tiles.filter(({ state }) => state === 'alarm').length;
  }

  /** The number of its sensors that fail. */
  get failing(): number {
    return this.#said?.failing.length ?? 0;
  }

  #noteText(late: number | undefined): string {
    const { failure, interval, time } = this.#said ?? {};
    if (failure !== undefined) return `No more rows come: ${failure}`;
    if (interval === 0) return 'Each client has rows of its own: open the charts.';
    if (time === undefined) return 'No row yet.';
    return late === undefined ? '' : `No row for ${writeDuration(late)}.`;
  }
}

export function layoutOf({ columns }: Described): string {
  return JSON.stringify(
    columns.map(({ name, label, unit, kind, resolution, flags, limits }) => [
      ...[name, label, unit, kind, resolution, limits],
      [...(flags ?? [])],
    ]),
  );
}

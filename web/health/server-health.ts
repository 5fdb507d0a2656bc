// Shows the health of the page's server: notices above the charts, and marks in their legends.

import type { Plot } from '../chart/plot.ts';
import type { Seam } from '../chart/plot-options.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { CatalogExtent } from '../stream/catalog.ts';
import type { ShownColumn } from '../stream/describe.ts';
import type { StreamState } from '../stream/stream-state.ts';
import type { FindPart } from '../text/element.ts';
import { type Health, type HealthPlace, healthOf, healthPlace } from './health.ts';
import type { Notice } from './notice.ts';
import { NoticeArea } from './notice-area.ts';
import { attributesNotice, noticesOf, seamNotice } from './notices.ts';
import { type SharedWatch, sharedWatch } from './shared-watch.ts';

/** Milliseconds after a pointer was lifted before anything moves: the click goes to the element under it then. */
const AFTER_LIFTING = 300;

/** Takes what the server says of the dataset. */
export interface HealthListener {
  /** What it has stored; undefined without a row. `isKept`: on a disk. */
  storedIs(extent: CatalogExtent | undefined, isKept: boolean): void;
  /** The dataset's DAS has changed since the previous answer. */
  isDescribedAnew(): void;
}

export class ServerHealth {
  readonly #area: NoticeArea;
  readonly #place: HealthPlace | undefined;
  readonly #watch: SharedWatch | undefined;
  #health: Health | undefined;
  /** The time of the last answer, in milliseconds since 1970 by the browser's clock. */
  #answered = 0;
  /** False while the server does not answer. */
  #isFresh = true;
  #description = '';
  /** A pointer is pressed on the charts: notices would move them away from under it, and wait until it is lifted. */
  #isHeld = false;
  #plot: Plot | undefined;
  #labels: ReadonlyMap<string, string> = new Map();
  #seam: Seam | undefined;
  #attributes: Notice | undefined;

  /** Asks for the health only if the dataset at `address` is beside `page`. */
  constructor(address: DatasetAddress, page: string, find: FindPart, listener: HealthListener) {
    this.#area = new NoticeArea(find);
    this.#place = healthPlace(address, page);
    if (this.#place === undefined) return;
    find('charts', HTMLElement).addEventListener('pointerdown', () => {
      this.#isHeld = true;
    });
    for (const event of ['pointerup', 'pointercancel']) addEventListener(event, () => this.#release());
    this.#watch = sharedWatch(
      this.#place.from,
      health => {
        this.#health = health && (this.#watch?.isFirst === false ? withoutServer(health) : health);
        this.#answered = Date.now();
        this.#isFresh = true;
        this.#show();
        const dataset = health && healthOf(health, this.#place!);
        if (dataset === undefined) return;
        listener.storedIs(dataset.extent, dataset.history !== undefined);
        const before = this.#description;
        this.#description = dataset.description;
        if (before !== '' && before !== dataset.description) listener.isDescribedAnew();
      },
      () => {
        this.#isFresh = false;
        this.#show();
      },
    );
  }

  streamIs(state: StreamState['state']): void {
    this.#watch?.streamIs(state);
  }

  /** Sets the plot whose legends are marked from now on, and its columns. */
  plotIs(plot: Plot, columns: readonly ShownColumn[]): void {
    this.#plot = plot;
    this.#labels = new Map(columns.map(({ name, label }) => [name, label]));
    this.#show();
  }

  /** Sets the seam between rows; undefined for none. */
  seamIs(seam: Seam | undefined): void {
    this.#seam = seam;
    this.#show();
  }

  /** Sets why attributes are missing; undefined if none is. */
  attributesAre(problem: string | undefined): void {
    this.#attributes = problem === undefined ? undefined : attributesNotice(problem);
    this.#show();
  }

  #release(): void {
    if (!this.#isHeld) return;
    this.#isHeld = false;
    setTimeout(() => this.#show(), AFTER_LIFTING);
  }

  #show(): void {
    if (this.#isHeld) return;
    const health = this.#health;
    const seam = this.#seam && seamNotice(this.#seam.last, this.#seam.serverTime);
    const own = [seam, this.#attributes].filter(notice => notice !== undefined);
    if (health === undefined) {
      if (own.length === 0) this.#area.clear();
      else this.#area.show(own);
      this.#plot?.markFailing(new Set());
      return;
    }
    const dataset = healthOf(health, this.#place!);
    const notices = [...own, ...noticesOf(health, dataset, this.#labels)];
    this.#area.show(notices, this.#isFresh ? undefined : this.#answered);
    this.#plot?.markFailing(new Set(dataset?.failing.flatMap(({ columns }) => columns)));
  }
}

/** The health without the problems of the whole server, which another dataset of the page shows. */
function withoutServer({ certificate: _certificate, ...health }: Health): Health {
  return { ...health, wrong: undefined, failed: [], isUnsynchronized: false };
}

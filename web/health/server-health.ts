// Shows on the page how its server is doing: notices above the charts, and marks in their legends.

import type { Plot } from '../chart/plot.ts';
import type { DatasetAddress } from '../stream/address.ts';
import type { Channel } from '../stream/describe.ts';
import type { StreamState } from '../stream/stream-state.ts';
import { byId } from '../text/element.ts';
import { type Health, type HealthPlace, healthOf, healthPlace } from './health.ts';
import { HealthWatch } from './health-watch.ts';
import { NoticeArea } from './notice-area.ts';
import { type Notice, noticesOf } from './notices.ts';

/** Milliseconds after a pointer was lifted before anything moves: a click goes to what is under it then. */
const AFTER_LIFTING = 300;

export class ServerHealth {
  readonly #area = new NoticeArea();
  readonly #place: HealthPlace | undefined;
  readonly #watch: HealthWatch | undefined;
  #health: Health | undefined;
  /** When that was, in milliseconds since 1970 by the browser's clock. */
  #told = 0;
  /** False while the server does not answer. */
  #isFresh = true;
  /** A pointer is pressed on the charts: notices, which would move them away from under it, wait until it is lifted. */
  #isHeld = false;
  #plot: Plot | undefined;
  #labels: ReadonlyMap<string, string> = new Map();
  #seam: Notice | undefined;
  #attributes: Notice | undefined;

  /** Asks nobody where the dataset at `address` is not of the server that `page` comes from. */
  constructor(address: DatasetAddress, page: string) {
    this.#place = healthPlace(address, page);
    if (this.#place === undefined) return;
    byId('charts', HTMLElement).addEventListener('pointerdown', () => {
      this.#isHeld = true;
    });
    for (const event of ['pointerup', 'pointercancel']) addEventListener(event, () => this.#release());
    this.#watch = new HealthWatch(
      this.#place.from,
      health => {
        this.#health = health;
        this.#told = Date.now();
        this.#isFresh = true;
        this.#show();
      },
      () => {
        this.#isFresh = false;
        this.#show();
      },
    );
  }

  connectionIs(state: StreamState['state']): void {
    this.#watch?.connectionIs(state);
  }

  /** The plot whose legends are marked from now on; its channels. */
  plotIs(plot: Plot, channels: readonly Channel[]): void {
    this.#plot = plot;
    this.#labels = new Map(channels.map(({ name, label }) => [name, label]));
    this.#show();
  }

  /** The rows have a seam, whatever the server says of itself; undefined where they have none any more. */
  seamIs(notice: Notice | undefined): void {
    this.#seam = notice;
    this.#show();
  }

  /** Attributes of the dataset are missing; undefined where all could be read. */
  attributesAre(notice: Notice | undefined): void {
    this.#attributes = notice;
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
    const own = [this.#seam, this.#attributes].filter(notice => notice !== undefined);
    if (health === undefined) {
      if (own.length === 0) this.#area.clear();
      else this.#area.show(own);
      this.#plot?.markFailing(new Set());
      return;
    }
    const dataset = healthOf(health, this.#place!);
    const notices = [...own, ...noticesOf(health, dataset, this.#labels)];
    this.#area.show(notices, this.#isFresh ? undefined : this.#told);
    this.#plot?.markFailing(new Set(dataset?.failing.flatMap(({ columns }) => columns)));
  }
}

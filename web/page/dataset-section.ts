// Shows one dataset: asks for its description, plots it, and reports each failure in its own part of the page.

import { DapError } from '../../dap/index.ts';
import { Plot } from '../chart/plot.ts';
import type { Seam } from '../chart/plot-options.ts';
import type { PlottedDataset } from '../export/view.ts';
import { LaterHealth } from '../health/later-health.ts';
import type { PageLimits, WatchedDataset } from '../limits/page-limits.ts';
import { type DatasetAddress, nameOf, shownAddress } from '../stream/address.ts';
import { type Catalog, type CatalogEntry, formatsFor } from '../stream/catalog.ts';
import type { Description } from '../stream/describe.ts';
import { otherDescription } from '../stream/describe-again.ts';
import { describePatiently } from '../stream/describe-patiently.ts';
import { loadPart } from '../stream/page-part.ts';
import { explain, headingOf, plainReason } from '../stream/reason.ts';
import type { StreamState } from '../stream/stream-state.ts';
import { hideMessage, showMessage } from '../text/message.ts';
import type { ColumnTiles } from '../tiles/column-tiles.ts';
import type { Controls } from './controls.ts';
import { Status } from './status.ts';
import type { DatasetParts } from './whole-page.ts';

/** Milliseconds before a dataset whose columns have changed is opened again. */
const BEFORE_REOPENING = 2000;

/** Milliseconds between two updates of the countdown while no plot makes them. */
const COUNTDOWN_EVERY = 250;

/** Milliseconds for which a description counts, if the stream does not break. */
const DESCRIBED_FOR = 60_000;

/** Milliseconds before the next request where a description could not be read. */
const DESCRIBE_AGAIN = 10_000;

export interface SectionContext {
  readonly page: URL;
  readonly catalog: Catalog;
  readonly controls: Controls;
  readonly limits: PageLimits;
}

export class DatasetSection {
  readonly #address: DatasetAddress;
  /** Its place among the datasets of the page. */
  readonly #index: number;
  readonly #parts: DatasetParts;
  readonly #context: SectionContext;
  readonly #status: Status;
  readonly #health: LaterHealth;
  #plot: Plot | undefined;
  #description: Description | undefined;
  /** When the server described the dataset last, by `performance.now()`; 0 after a break of the stream. */
  #describedAt = 0;
  #tiles: ColumnTiles | undefined;
  #watched: WatchedDataset | undefined;
  /** What the server has stored, by its latest health; undefined before that is known. */
  #stored: Pick<CatalogEntry, 'extent' | 'isKept'> | undefined;
  /** The seam before its newest rows, which outlives a plot; undefined once rows are later again than the last one before it. */
  #seam: Seam | undefined;

  constructor(address: DatasetAddress, index: number, parts: DatasetParts, context: SectionContext) {
    this.#address = address;
    this.#index = index;
    this.#parts = parts;
    this.#context = context;
    const { find } = parts;
    this.#health = new LaterHealth(address, context.page.href, find, {
      storedIs: (extent, isKept) => {
        this.#stored = { extent, isKept };
        this.#showStored();
      },
      isDescribedAnew: () => void this.#lookAgain(),
    });
    this.#status = new Status(find, state => {
      this.#health.streamIs(state);
      this.#streamIs(state);
    });
    context.controls.wireCharts(find('charts', HTMLElement));
    find('again', HTMLButtonElement).addEventListener('click', () => this.#plot?.reconnect());
  }

  /** The dataset as it is plotted now; undefined while it is not. */
  get plotted(): PlottedDataset | undefined {
    const [plot, description, address] = [this.#plot, this.#description, this.#address];
    if (plot === undefined || description === undefined) return undefined;
    const formats = formatsFor(this.#context.catalog, address);
    return { address, description, formats, charts: this.#parts.find('charts', HTMLElement) };
  }

  /** The time at the right edge of its charts; undefined while there is none. */
  get edge(): number | undefined {
    return this.#plot?.edge();
  }

  /** Draws its charts at once, in sight or not. */
  draw(): void {
    this.#plot?.drawAll();
  }

  /** Shows the dataset. Does not reject. */
  async open(): Promise<void> {
    const { find } = this.#parts;
    this.#showTitle(nameOf(this.#address), '');
    const countdown = setInterval(() => this.#status.count(), COUNTDOWN_EVERY);
    try {
      const again = find('again', HTMLButtonElement);
      const { description, problem } = await describePatiently(this.#address, again, (state, error) => {
        this.#status.set(state);
        const title = error instanceof DapError ? 'Not yet' : 'No answer yet';
        if (error !== undefined) this.#say(title, explain(this.#address, error, this.#context.page));
      });
      this.#show(description, problem);
    } catch (error) {
      this.#fail(error);
    } finally {
      clearInterval(countdown);
    }
  }

  /** `problem`: why attributes are missing; undefined if all could be read. */
  #show(described: Description, problem?: string): void {
    this.#health.attributesAre(problem === undefined ? undefined : plainReason(problem));
    const { catalog, controls, limits } = this.#context;
    const description = { ...described, columns: limits.limited(this.#index, described.columns) };
    const { find } = this.#parts;
    const address = this.#address;
    hideMessage(find);
    this.#showTitle(description.title, description.institution);
    void this.#showLinks(description);
    controls.view.suits(description.interval);
    controls.view.columnsAre(
      this.#index,
      description.columns.map(({ name }) => name),
    );
    const entry = catalog.datasets.find(({ address: own }) => own === address.base);
    const newest = entry === undefined ? undefined : `${address.base}/latest.json`;
    this.#watched = limits.watch(this.#index, description.columns, newest);
    const plot = new Plot(address, description, {
      timeline: controls.view.timeline,
      moment: controls.view.moment,
      columns: controls.view.columns.choiceOf(this.#index),
      isOwn: entry !== undefined,
      storedUntil: entry?.extent?.to,
      past: past => controls.pastIs(this.#index, past),
      rowsCame: (count, latest, newest = 0) => {
        if (this.#seam !== undefined && newest > this.#seam.last) this.#seamIs(undefined);
        this.#health.load();
        controls.rowsCame(this.#index, count);
        this.#watched?.rowsCame(latest);
      },
      charts: find('charts', HTMLElement),
      status: this.#status,
      seam: seam => this.#seamIs(seam),
      failed: (error, hadRows) => {
        this.#remove();
        // The server has other columns than before: it was configured anew.
        if (hadRows) setTimeout(() => void this.open(), BEFORE_REOPENING);
        else this.#fail(error);
      },
    });
    this.#plot = plot;
    this.#description = described;
    this.#describedAt = performance.now();
    void this.#showTiles(plot, description, entry !== undefined);
    controls.control(this.#index, plot);
    this.#stored ??= entry;
    this.#showStored();
    this.#health.plotIs(plot, description.columns);
  }

  #seamIs(seam: Seam | undefined): void {
    this.#seam = seam;
    this.#health.seamIs(seam);
  }

  /** Rows of a server's memory go: the oldest ones by and by, all of them with a restart. */
  #showStored(): void {
    if (this.#plot === undefined) return;
    const { extent, isKept } = this.#stored ?? { extent: undefined, isKept: false };
    this.#context.controls.storedIs(this.#index, this.#plot.mayLookBack ? extent : undefined, isKept);
  }

  /** After a break, and now and then when the stream was opened anew, the dataset may have other columns. */
  #streamIs(state: StreamState['state']): void {
    if (state === 'reconnecting') this.#describedAt = 0;
    const isOld = this.#describedAt === 0 || performance.now() - this.#describedAt > DESCRIBED_FOR;
    if (state === 'connected' && isOld) void this.#lookAgain();
  }

  async #lookAgain(): Promise<void> {
    const [plot, description] = [this.#plot, this.#description];
    if (plot === undefined || description === undefined) return;
    this.#describedAt = performance.now();
    const other = await otherDescription(this.#address, description).catch(() => {
      setTimeout(() => void (plot === this.#plot && this.#lookAgain()), DESCRIBE_AGAIN);
      return undefined;
    });
    if (other === undefined || plot !== this.#plot) return;
    this.#remove();
    this.#show(other);
  }

  async #showTiles(live: Plot, { columns }: Description, isOwn: boolean): Promise<void> {
    const { ColumnTiles } = await loadPart(() => import('../tiles/column-tiles.ts'));
    if (live !== this.#plot) return;
    const charts = this.#parts.find('charts', HTMLElement);
    const recent = isOwn ? new URL(`${this.#address.base}/latest.json`) : undefined;
    this.#tiles = new ColumnTiles({ charts, columns, live, recent });
  }

  async #showLinks(description: Description): Promise<void> {
    const { showLinks } = await loadPart(() => import('./links.ts'));
    const formats = formatsFor(this.#context.catalog, this.#address);
    showLinks(this.#address, description, formats, this.#parts.find);
  }

  #remove(): void {
    this.#tiles?.remove();
    this.#tiles = undefined;
    this.#context.controls.control(this.#index, undefined);
    this.#plot?.remove();
    this.#watched?.remove();
    this.#plot = undefined;
  }

  #fail(error: unknown): void {
    this.#status.set({ state: 'failed', reason: '' });
    const reason = explain(this.#address, error, this.#context.page);
    this.#say(headingOf(error), reason, () => location.reload());
  }

  #say(title: string, text: string, again?: () => void): void {
    showMessage(title, text, again, this.#parts.find);
  }

  #showTitle(title: string, institution: string): void {
    const subtitle = [institution, shownAddress(this.#address)].filter(text => text !== '').join(' · ');
    this.#parts.title(title, subtitle);
  }
}

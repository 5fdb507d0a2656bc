// Wires the controls, which are one set for all datasets of the page, and shows their state.

import type { PastStatus } from '../chart/past-charts.ts';
import type { Plot } from '../chart/plot.ts';
import { isStanding } from '../past/timeline.ts';
import type { CatalogExtent } from '../stream/catalog.ts';
import { loadPart } from '../stream/page-part.ts';
import { byId, write } from '../text/element.ts';
import { PastBar } from './past-bar.ts';
import { Plots } from './plots.ts';
import { STEP, Steps } from './steps.ts';
import type { StoredStrip } from './stored-strip.ts';
import { View, type ViewOptions } from './view.ts';
import { WindowChoice } from './window-choice.ts';

export interface ControlsOptions extends ViewOptions {
  /** Called when the address of the page has changed. */
  readonly addressChanged: () => void;
}

export class Controls {
  readonly view: View;
  readonly #plots = new Plots();
  readonly #steps: Steps;
  readonly #window: WindowChoice;
  readonly #pause = byId('pause', HTMLButtonElement);
  readonly #past: PastBar;
  #strip: StoredStrip | undefined;
  #loadingStrip: Promise<StoredStrip> | undefined;

  constructor(options: ControlsOptions) {
    const { addressChanged } = options;
    // Once rows come, their times tell the server's clock.
    const now = () => (this.#plots.isEmpty ? options.now() : this.#plots.edge);
    this.view = new View({ ...options, now }, { timeChanged: () => this.#timeChanged(), addressChanged });
    const { timeline } = this.view;
    this.#steps = new Steps(timeline, this.#plots, () => this.#show());
    this.#past = new PastBar({
      now,
      follow: () => this.#steps.follow(),
      choose: stretch => timeline.choose(stretch, this.#plots.edge),
    });
    this.#window = new WindowChoice(window => timeline.resize(window, now()));
    this.#pause.addEventListener('click', () => this.#steps.pauseOrGoOn());
    byId('earlier', HTMLButtonElement).addEventListener('click', () => this.#steps.pan(STEP));
    byId('later', HTMLButtonElement).addEventListener('click', () => this.#steps.pan(-STEP));
    this.#show();
  }

  /** Has gestures and keys on the charts of a dataset move the time that is shown. */
  wireCharts(charts: HTMLElement): void {
    void loadPart(() => import('./moves.ts')).then(({ wireMoves }) => wireMoves(charts, this.#steps));
  }

  /** The link of the view; `datasets` as the address names them. */
  linkOf(datasets: readonly string[]): string {
    const { timeline } = this.view;
    const paused = this.#plots.pausedEdge;
    return this.view.linkOf(paused === undefined ? timeline.shown : timeline.stretch(paused), datasets);
  }

  /** Sets the plot of the dataset at `index` of the page; undefined for none. */
  control(index: number, plot: Plot | undefined): void {
    // Charts that are drawn anew cannot stay paused: they show the same time as a stretch of the past.
    this.#steps.stand();
    this.#plots.set(index, plot);
    this.#show();
  }

  /** Shows what the server has stored of a dataset; undefined if that is not known. `isKept`: on a disk. */
  storedIs(index: number, extent: CatalogExtent | undefined, isKept: boolean): void {
    if (extent === undefined && this.#loadingStrip === undefined) return;
    this.#loadingStrip ??= this.#loadStrip();
    void this.#loadingStrip.then(strip => {
      strip.set(index, extent, isKept);
      this.#updateStrip(true);
    });
  }

  async #loadStrip(): Promise<StoredStrip> {
    const { StoredStrip } = await loadPart(() => import('./stored-strip.ts'));
    this.#strip = new StoredStrip(
      {
        go: moment => this.#steps.goTo(moment, !this.#past.isShown),
        step: lengths => this.#steps.pan(-lengths),
      },
      this.#plots,
    );
    return this.#strip;
  }

  /** Shows what is known of the rows of a dataset's past. */
  pastIs(index: number, status: PastStatus): void {
    this.#plots.pastIs(index, status);
    this.#past.status(this.#plots.past);
    this.#updateStrip(true);
  }

  /** Shows how many rows have come while the charts stand. */
  rowsCame(index: number, count: number): void {
    this.#plots.rowsCame(index, count);
    this.#updateStrip(false);
    if (isStanding(this.view.timeline.shown)) this.#past.rows(this.#plots.newRows);
  }

  #timeChanged(): void {
    if (isStanding(this.view.timeline.shown) && !this.#past.isShown) this.#plots.countAnew();
    this.#plots.timelineChanged();
    this.#show();
  }

  #updateStrip(isNow: boolean): void {
    this.#strip?.update(edge => this.view.timeline.stretch(edge), isNow);
  }

  #show(): void {
    const { shown } = this.view.timeline;
    this.#window.show(shown);
    const isStill = isStanding(shown) || this.#plots.isPaused;
    this.#pause.disabled = this.#plots.isEmpty;
    this.#pause.setAttribute('aria-pressed', String(isStill));
    write(this.#pause, isStill ? 'Go on' : 'Pause');
    for (const id of ['earlier', 'later', 'choose'] as const) {
      byId(id, HTMLElement).hidden = !this.#plots.mayLookBack;
    }
    byId('later', HTMLButtonElement).disabled = !isStanding(shown);
    this.#past.show(isStanding(shown) ? shown : undefined);
    this.#updateStrip(true);
  }
}

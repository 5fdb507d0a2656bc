// Shows all datasets of a server as a wall of tiles, from one request every few seconds.

import { PageSigns } from '../limits/page-signs.ts';
import { element, write } from '../text/element.ts';
import { writeDuration, writeTime } from '../text/times.ts';
import type { RecentDataset } from '../tiles/recent.ts';
import { RecentWatch } from '../tiles/recent-watch.ts';
import { layoutOf, WallCard } from './wall-card.ts';

/** Milliseconds between two looks at what is out of date. */
const LOOK_EVERY = 1000;

/** With more datasets than these a field finds some of them. */
const FEW = 12;

export class Wall {
  readonly element = element('section', { class: 'wall', 'aria-label': 'All datasets' });
  readonly #status = element('p', { class: 'wall-status', role: 'status' });
  readonly #filter = element('input', {
    type: 'search',
    class: 'wall-filter',
    placeholder: 'Find a dataset or column',
    'aria-label': 'Find a dataset or column',
    hidden: true,
  });
  readonly #grid = element('div', { class: 'cards' });
  readonly #page: string;
  readonly #watch: RecentWatch;
  readonly #looking: ReturnType<typeof setInterval>;
  readonly #sound = element('button', { type: 'button', hidden: true });
  #signs: PageSigns | undefined;
  #cards: WallCard[] = [];
  /** The last answer: its moment, and its time by the clock of the browser. */
  #answered: { readonly at: number; readonly time: number } | undefined;
  #unanswered: { readonly reason: string; readonly again: number } | undefined;

  /** @param page the address of the page, in the folder of `latest.json` */
  constructor(page: string) {
    this.#page = page;
    this.element.append(
      element('div', { class: 'wall-head' }, this.#status, this.#filter, this.#sound),
      this.#grid,
    );
    this.#filter.addEventListener('input', () => this.#find());
    write(this.#status, 'Asking for the newest values …');
    this.#looking = setInterval(() => this.#look(), LOOK_EVERY);
    this.#watch = new RecentWatch(new URL('latest.json', page), {
      answered: (datasets, at, isFirst) => this.#take(datasets, at, isFirst),
      unanswered: (reason, again) => {
        this.#unanswered = { reason, again };
        this.#look();
      },
    });
  }

  close(): void {
    clearInterval(this.#looking);
    this.#watch.close();
    this.element.remove();
  }

  #take(datasets: readonly RecentDataset[], at: number, isFirst: boolean): void {
    this.#answered = { at, time: Date.now() };
    this.#unanswered = undefined;
    const before = new Map(this.#cards.map(card => [card.name, card]));
    this.#cards = datasets.flatMap(said => {
      const known = before.get(said.name);
      const { described } = said;
      const isSame = described === undefined || known?.layout === layoutOf(described);
      const card =
        known !== undefined && isSame ? known : described && new WallCard(said, described, this.#page);
      if (card === undefined) return [];
      if (card === known) before.delete(said.name);
      card.take(said, at, isFirst || card !== known);
      return [card];
    });
    for (const gone of before.values()) gone.element.remove();
    // Where it hides cards it stays in sight, so that they can be found again.
    this.#filter.hidden = this.#cards.length <= FEW && this.#filter.value === '';
    this.#judge(at);
    this.#look();
    this.#find();
  }

  #look(): void {
    const now = performance.now();
    if (document.visibilityState === 'hidden') return;
    for (const card of this.#cards) card.show(now, this.#unanswered !== undefined);
    this.#arrange();
    this.element.toggleAttribute('data-stale', this.#unanswered !== undefined);
    write(this.#status, this.#statusText(now));
  }

  /** Shows beside the tiles what is beyond a limit, if any column has limits. */
  #judge(at: number): void {
    const news = this.#cards.flatMap(card => card.judge(at));
    if (this.#signs === undefined && !this.#cards.some(({ hasLimits }) => hasLimits)) return;
    this.#signs ??= new PageSigns(this.#sound);
    const beyond = this.#cards.flatMap(card => card.beyond);
    this.#signs.show(0, beyond, news);
  }

  /** Datasets with failures come first, the others in the order of the server. */
  #arrange(): void {
    const sorted = this.#cards.toSorted((a, b) => Number(b.rank > 0) - Number(a.rank > 0));
    // A card that moved while somebody is in it would lose the focus: new ones come last then.
    if (this.#grid.matches(':focus-within')) {
      this.#grid.append(...sorted.map(card => card.element).filter(card => !card.isConnected));
      return;
    }
    for (const [index, { element: card }] of sorted.entries()) {
      const there = this.#grid.children[index];
      if (there !== card) this.#grid.insertBefore(card, there ?? null);
    }
  }

  #find(): void {
    const words = this.#filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const card of this.#cards) card.element.hidden = !card.matches(words);
  }

  #statusText(now: number): string {
    if (this.#unanswered !== undefined) {
      const { reason, again } = this.#unanswered;
      const when = writeDuration(Math.ceil(Math.max(0, again - now) / 1000) * 1000);
      const since = this.#answered && `: these values are those of ${writeTime(this.#answered.time)}`;
      return `The server does not answer (${reason})${since ?? ''}. Next attempt in ${when}.`;
    }
    if (this.#answered === undefined) return 'Asking for the newest values …';
    const failing = this.#cards.reduce((sum, card) => sum + card.failing, 0);
    const alarms = this.#cards.reduce((sum, card) => sum + card.alarms, 0);
    const silent = this.#cards.filter(card => card.rank > 0 && card.failing + card.alarms === 0).length;
    return [
      counted(this.#cards.length, 'dataset', 'datasets'),
      alarms === 0 ? '' : counted(alarms, 'alarm', 'alarms'),
      failing === 0 ? '' : counted(failing, 'sensor fails', 'sensors fail'),
      silent === 0 ? '' : `${counted(silent, 'dataset', 'datasets')} without new rows`,
    ]
      .filter(text => text !== '')
      .join(' · ');
  }
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

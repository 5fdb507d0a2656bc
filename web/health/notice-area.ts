// Where notices are seen: above the charts, in little room, the latest news for screen readers too.

import { byId, element, write } from '../text/element.ts';
import { writeTime } from '../text/times.ts';
import { type Notice, newsOf } from './notices.ts';

/** How many notices are seen at once; the others are unfolded. */
const MOST_NOTICES = 4;

interface Shown {
  readonly item: HTMLElement;
  notice: Notice;
}

export class NoticeArea {
  readonly #area = byId('notices', HTMLElement);
  readonly #list = byId('notice-list', HTMLElement);
  readonly #more = byId('more-notices', HTMLDetailsElement);
  readonly #summary = byId('more-notices-summary', HTMLElement);
  readonly #moreList = byId('more-notice-list', HTMLElement);
  readonly #stale = byId('notices-stale', HTMLElement);
  readonly #news = byId('news', HTMLElement);
  #notices: readonly Notice[] = [];
  readonly #shown = new Map<string, Shown>();

  /** `told`: when the server said so, in milliseconds since 1970, where it does not answer now. */
  show(notices: readonly Notice[], told?: number): void {
    write(this.#news, newsOf(this.#notices, notices) || (this.#news.textContent ?? ''));
    this.#notices = notices;
    this.#lay(told);
  }

  /** Nothing is known any more, which is no news of a better state. */
  clear(): void {
    this.#notices = [];
    write(this.#news, '');
    this.show([]);
  }

  #lay(told: number | undefined): void {
    const items = this.#notices.map(notice => this.#itemOf(notice));
    const keys = new Set(this.#notices.map(({ key }) => key));
    for (const key of this.#shown.keys()) if (!keys.has(key)) this.#shown.delete(key);
    // One that would be alone behind the fold takes no more room in front of it.
    const most = items.length === MOST_NOTICES + 1 ? items.length : MOST_NOTICES;
    arrange(this.#list, items.slice(0, most));
    arrange(this.#moreList, items.slice(most));
    this.#more.hidden = items.length <= most;
    write(this.#summary, `${items.length - most} more`);
    write(
      this.#stale,
      told === undefined ? '' : `The server does not answer; it said so at ${writeTime(told)}.`,
    );
    this.#area.hidden = items.length === 0;
  }

  /** The element of a notice: the one that it had, so that what is selected or read in it stays. */
  #itemOf(notice: Notice): HTMLElement {
    const shown = this.#shown.get(notice.key) ?? {
      item: element('li', { class: 'notice' }),
      notice: undefined,
    };
    if (JSON.stringify(shown.notice) !== JSON.stringify(notice))
      shown.item.replaceChildren(...content(notice));
    this.#shown.set(notice.key, { item: shown.item, notice });
    return shown.item;
  }
}

function content({ title, since, text, lines, more }: Notice): HTMLElement[] {
  const date = new Date(since ?? Number.NaN);
  const when = Number.isNaN(date.getTime())
    ? []
    : [' since ', element('time', { datetime: date.toISOString() }, writeTime(date.getTime()))];
  return [
    element('p', {}, element('strong', {}, title), ...when, text === '' ? '.' : `. ${text}`),
    ...lines.map(line => element('p', { class: 'said' }, line)),
    ...(more > 0 ? [element('p', { class: 'said' }, `and ${more} more`)] : []),
  ];
}

/** Gives `list` these items; what stays in it is not touched, so that what is selected there stays selected. */
function arrange(list: HTMLElement, items: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(items);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [place, item] of items.entries()) {
    const there = list.children[place] ?? null;
    if (there !== item) list.insertBefore(item, there);
  }
}

// Shows notices above the charts, and announces new ones to screen readers.

import { announce, element, type FindPart, write } from '../text/element.ts';
import { calendarDate, writeTime } from '../text/times.ts';
import type { Notice } from './notice.ts';
import { newsOf } from './notices.ts';

/** The number of notices that are shown at once; the others are folded. */
const MOST_NOTICES = 4;

interface ShownNotice {
  readonly item: HTMLElement;
  /** What the item says. */
  readonly text: string;
}

export class NoticeArea {
  readonly #area: HTMLElement;
  readonly #list: HTMLElement;
  readonly #more: HTMLElement;
  readonly #summary: HTMLElement;
  readonly #moreList: HTMLElement;
  readonly #stale: HTMLElement;
  readonly #news: HTMLElement;
  #notices: readonly Notice[] = [];
  readonly #shown = new Map<string, ShownNotice>();

  constructor(find: FindPart) {
    this.#area = find('notices', HTMLElement);
    this.#list = find('notice-list', HTMLElement);
    this.#more = find('more-notices', HTMLDetailsElement);
    this.#summary = find('more-notices-summary', HTMLElement);
    this.#moreList = find('more-notice-list', HTMLElement);
    this.#stale = find('notices-stale', HTMLElement);
    this.#news = find('news', HTMLElement);
  }

  /** `answered`: the time of the server's last answer, in milliseconds since 1970, if it does not answer now. */
  show(notices: readonly Notice[], answered?: number): void {
    const news = newsOf(this.#notices, notices);
    if (news !== '') announce(this.#news, news);
    this.#notices = notices;
    this.#arrange(answered);
  }

  /** Removes all notices without an announcement: that nothing is known is no good news. */
  clear(): void {
    this.#notices = [];
    write(this.#news, '');
    this.show([]);
  }

  #arrange(answered: number | undefined): void {
    const items = this.#notices.map(notice => this.#itemOf(notice));
    const keys = new Set(this.#notices.map(({ key }) => key));
    for (const key of this.#shown.keys()) if (!keys.has(key)) this.#shown.delete(key);
    // A single notice behind the fold would take as much room as the fold itself.
    const most = items.length === MOST_NOTICES + 1 ? items.length : MOST_NOTICES;
    arrange(this.#list, items.slice(0, most));
    arrange(this.#moreList, items.slice(most));
    this.#more.hidden = items.length <= most;
    write(this.#summary, `${items.length - most} more`);
    write(
      this.#stale,
      answered === undefined ? '' : `The server does not answer; it said so at ${writeTime(answered)}.`,
    );
    this.#area.hidden = items.length === 0;
  }

  /** The element of a notice: the same as before, so that the reader's selection in it stays. */
  #itemOf(notice: Notice): HTMLElement {
    const shown = this.#shown.get(notice.key);
    const item = shown?.item ?? element('li', { class: 'notice' });
    // The words of a time change at midnight: from then on they have the date.
    const text = JSON.stringify([notice, sinceText(notice)]);
    if (text !== shown?.text) item.replaceChildren(...content(notice));
    this.#shown.set(notice.key, { item, text });
    return item;
  }
}

function content(notice: Notice): HTMLElement[] {
  const { title, since, text = '', lines = [], more = 0 } = notice;
  const date = calendarDate(since);
  const when =
    date === undefined
      ? []
      : [' since ', element('time', { datetime: date.toISOString() }, sinceText(notice))];
  return [
    element('p', {}, element('strong', {}, title), ...when, text === '' ? '.' : `. ${text}`),
    ...lines.map(line => element('p', { class: 'said' }, line)),
    ...(more > 0 ? [element('p', { class: 'said' }, `and ${more} more`)] : []),
  ];
}

/** Empty for a beginning that is not known. */
function sinceText({ since = Number.NaN }: Notice): string {
  return writeTime(since);
}

/** Gives `list` these items without touching those that stay, so that the reader's selection stays. */
function arrange(list: HTMLElement, items: readonly HTMLElement[]): void {
  const wanted = new Set<Element>(items);
  for (const child of [...list.children]) if (!wanted.has(child)) child.remove();
  for (const [place, item] of items.entries()) {
    const there = list.children[place] ?? null;
    if (there !== item) list.insertBefore(item, there);
  }
}

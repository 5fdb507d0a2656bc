// Shows what is beyond a limit outside of the charts: in the title, the icon, by a sound, and to screen readers.

import type { Level } from '../../dap/model/limits.ts';
import { element } from '../text/element.ts';
import { writeValue } from '../text/values.ts';
import { Beeper } from './beeper.ts';
import type { Beyond, LevelNews } from './level-watch.ts';
import { beyondWords, LEVEL_WORDS } from './limit-words.ts';
import { setTitlePrefix } from './page-title.ts';

/** The icon of each level, among the files of the page. */
const ICONS: Readonly<Record<Level | 'ok', string>> = {
  ok: './favicon.svg',
  warn: './favicon-warn.svg',
  alarm: './favicon-alarm.svg',
};

export class PageSigns {
  readonly #news = element('p', { class: 'unseen', role: 'alert', id: 'limit-news' });
  readonly #beeper: Beeper;
  readonly #parts = new Map<number, readonly Beyond[]>();

  /** @param button switches the sound; it is shown */
  constructor(button: HTMLButtonElement) {
    document.body.append(this.#news);
    button.hidden = false;
    this.#beeper = new Beeper(button);
  }

  /** Shows what is beyond a limit in the dataset at `index` of the page, and tells what is new. */
  show(index: number, beyond: readonly Beyond[], news: readonly LevelNews[]): void {
    this.#parts.set(index, beyond);
    const all = [...this.#parts.values()].flat();
    const worst = all.some(({ level }) => level === 'alarm') ? 'alarm' : all.length > 0 ? 'warn' : 'ok';
    setTitlePrefix(titleOf(all.filter(({ level }) => level === worst)));
    showIcon(ICONS[worst]);
    if (news.length === 0) return;
    this.#news.textContent = news.map(newsText).join(' ');
    if (news.some(({ level }) => level === 'alarm')) this.#beeper.beep();
  }
}

/** `⚠ Air 31.2 °C`, or the number of columns if there are several. */
function titleOf([first, ...others]: readonly Beyond[]): string {
  if (first === undefined) return '';
  const { sign, name } = LEVEL_WORDS[first.level];
  if (others.length > 0) return `${sign} ${1 + others.length} ${name}s`;
  return `${sign} ${first.column.label} ${valueText(first)}`;
}

function newsText({ level, beyond }: LevelNews): string {
  const { column, value } = beyond;
  const text = `${column.label} ${valueText(beyond)}`;
  return level === 'ok'
    ? `${text}: within its limits again.`
    : `${text}: ${beyondWords(column.limits, value)}.`;
}

function valueText({ column, value, decimals }: Omit<Beyond, 'level'>): string {
  return `${writeValue(value, decimals)} ${column.unit}`.trim();
}

function showIcon(file: string): void {
  const link = document.querySelector<HTMLLinkElement>('link[rel="icon"]');
  if (link !== null && link.getAttribute('href') !== file) link.setAttribute('href', file);
}

// Shows the name, letter and colour of each line of a chart, and its latest value or the value that is pointed at.

import { levelOf } from '../../dap/model/limits.ts';
import { beyondWords } from '../limits/limit-words.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { element, write } from '../text/element.ts';
import { calendarDate } from '../text/times.ts';
import { writeInteger, writeValue } from '../text/values.ts';
import type { Extremes } from './extremes.ts';
import { lineColour, lineLetter } from './palette.ts';
import { themeOf } from './theme.ts';

/** The value of one line in the legend. */
export interface LegendValue {
  /** NaN for a row without a value; undefined without a row. */
  readonly value: number | undefined;
  /** Words in the place of the number; undefined for the number itself. */
  readonly words: string | undefined;
  /** The time of its row: text for people, and milliseconds since 1970. */
  readonly when: string;
  readonly time: number | undefined;
  /** A remark, such as the time of the last value. */
  readonly note: string;
  /** Digits after the point. */
  readonly decimals: number;
}

/** The fewest digits after the point of a power of ten: a counter of bytes visibly counts. */
const LEAST_DIGITS = 4;

export interface LegendEvents {
  /** A line is to be hidden, or shown again. */
  hide(line: number, isHidden: boolean): void;
  /** A line is to stand out; undefined for none. */
  emphasise(line: number | undefined): void;
}

interface Entry {
  readonly column: ShownColumn;
  readonly item: HTMLElement;
  readonly head: HTMLElement;
  readonly value: HTMLDataElement;
  readonly time: HTMLTimeElement;
  readonly note: HTMLElement;
  /** The extremes of the past that is shown. */
  readonly least: HTMLElement;
  readonly greatest: HTMLElement;
  /** The mark of a column whose sensor fails. */
  readonly mark: HTMLElement;
  /** What the value is beyond. */
  readonly limit: HTMLElement;
}

export class Legend {
  readonly element = element('ul', { class: 'legend' });
  readonly #entries: readonly Entry[];

  /** A chart of one line needs no letter. `mayHide`: each line has a button that hides it. */
  constructor(columns: readonly ShownColumn[], mayHide: boolean, events: LegendEvents) {
    this.#entries = columns.map((column, line) => {
      const isSingle = columns.length === 1;
      const swatch = element(
        'span',
        { class: 'swatch', 'aria-hidden': 'true' },
        isSingle ? '' : lineLetter(line),
      );
      const mark = element('span', { class: 'mark' });
      const limit = element('span', { class: 'limit-mark' });
      const name = element('span', { class: 'name' }, column.label, ' ', mark, ' ', limit);
      const head = mayHide
        ? toggle(swatch, name, line, events)
        : element('p', { class: 'head' }, swatch, name);
      const value = element('data', { class: 'value' });
      const time = element('time');
      const note = element('span', { class: 'note' });
      const least = element('span');
      const greatest = element('span');
      const reading = element(
        'p',
        { class: 'reading' },
        value,
        column.unit === '' ? '' : element('span', { class: 'unit' }, column.unit),
        element('span', { class: 'when' }, time, note),
      );
      const extremes = element('p', { class: 'extremes' }, least, greatest);
      const item = element('li', { 'data-column': column.name }, head, reading, extremes);
      item.addEventListener('pointerenter', () => events.emphasise(isSingle ? undefined : line));
      item.addEventListener('pointerleave', () => events.emphasise(undefined));
      this.element.append(item);
      return { column, item, head, value, time, note, least, greatest, mark, limit };
    });
    this.colour();
  }

  /** Takes over the colours of the theme. */
  colour(): void {
    const theme = themeOf(this.element);
    for (const [line, { item }] of this.#entries.entries()) {
      item.style.setProperty('--line', lineColour(theme, line));
    }
  }

  /** Shows that a line is hidden, or is not. */
  hide(line: number, isHidden: boolean): void {
    const head = this.#entries[line]?.head;
    if (head instanceof HTMLButtonElement) head.setAttribute('aria-pressed', String(!isHidden));
  }

  /** Marks the columns whose names are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    for (const { column, mark } of this.#entries) {
      write(mark, failing.has(column.name) ? 'sensor fails' : '');
    }
  }

  /** Shows the value of each line; `isPast` for values of a moment that is pointed at. */
  show(values: readonly LegendValue[], isPast: boolean): void {
    this.element.classList.toggle('past', isPast);
    for (const [line, { column, value, time, note, limit }] of this.#entries.entries()) {
      const shown = values[line]!;
      const number = shown.value ?? Number.NaN;
      const text =
        column.kind === 'integer' && Number.isInteger(number)
          ? writeInteger(number)
          : writeValue(number, shown.decimals, LEAST_DIGITS);
      write(value, shown.words ?? text);
      if (value.value !== String(number)) value.value = String(number);
      const date = calendarDate(shown.time)?.toISOString() ?? '';
      if (time.dateTime !== date) time.dateTime = date;
      write(time, shown.when);
      write(note, shown.note);
      markLimit(limit, column, number);
    }
  }

  /** Shows the least and the greatest value of each line in the past that the charts show. */
  showExtremes(extremes: readonly Extremes[]): void {
    for (const [line, { least, greatest }] of this.#entries.entries()) {
      const shown = extremes[line]!;
      write(least, shown.least && `least ${shown.least}`);
      write(greatest, shown.greatest && `greatest ${shown.greatest}`);
    }
  }
}

/** The words of a limit that the value is beyond, at the moment that the legend shows. */
function markLimit(mark: HTMLElement, { limits }: ShownColumn, value: number): void {
  if (limits === undefined) return;
  const level = levelOf(limits, value);
  const shown = level ?? 'none';
  if (mark.getAttribute('data-level') !== shown) mark.setAttribute('data-level', shown);
  write(mark, beyondWords(limits, value));
}

function toggle(swatch: HTMLElement, name: HTMLElement, line: number, events: LegendEvents): HTMLElement {
  const button = element('button', { type: 'button', class: 'head', 'aria-pressed': 'true' }, swatch, name);
  button.title = 'Show or hide this line';
  button.addEventListener('click', () => {
    const isHidden = button.getAttribute('aria-pressed') === 'true';
    events.hide(line, isHidden);
  });
  button.addEventListener('focus', () => events.emphasise(line));
  button.addEventListener('blur', () => events.emphasise(undefined));
  return button;
}

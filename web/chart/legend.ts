// Shows the name, letter and colour of each line of a chart, and its latest value or the value that is pointed at.

import type { ShownColumn } from '../stream/describe.ts';
import { element, write } from '../text/element.ts';
import { calendarDate } from '../text/times.ts';
import { writeInteger, writeValue } from '../text/values.ts';
import { lineColour, lineLetter } from './palette.ts';
import { currentTheme } from './theme.ts';

/** The value of one line in the legend. */
export interface LegendValue {
  /** NaN for a row without a value; undefined without a row. */
  readonly value: number | undefined;
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
  readonly value: HTMLDataElement;
  readonly time: HTMLTimeElement;
  readonly note: HTMLElement;
  /** The mark of a column whose sensor fails. */
  readonly mark: HTMLElement;
}

export class Legend {
  readonly element = element('ul', { class: 'legend' });
  readonly #entries: readonly Entry[];

  /** A chart of one line needs no letter and no button that hides it. */
  constructor(columns: readonly ShownColumn[], events: LegendEvents) {
    this.#entries = columns.map((column, line) => {
      const isSingle = columns.length === 1;
      const swatch = element(
        'span',
        { class: 'swatch', 'aria-hidden': 'true' },
        isSingle ? '' : lineLetter(line),
      );
      const mark = element('span', { class: 'mark' });
      const name = element('span', { class: 'name' }, column.label, ' ', mark);
      const head = isSingle
        ? element('p', { class: 'head' }, swatch, name)
        : toggle(swatch, name, line, events);
      const value = element('data', { class: 'value' });
      const time = element('time');
      const note = element('span', { class: 'note' });
      const reading = element(
        'p',
        { class: 'reading' },
        value,
        column.unit === '' ? '' : element('span', { class: 'unit' }, column.unit),
        element('span', { class: 'when' }, time, note),
      );
      const item = element('li', { 'data-column': column.name }, head, reading);
      item.addEventListener('pointerenter', () => events.emphasise(isSingle ? undefined : line));
      item.addEventListener('pointerleave', () => events.emphasise(undefined));
      this.element.append(item);
      return { column, item, value, time, note, mark };
    });
    this.colour();
  }

  /** Takes over the colours of the theme. */
  colour(): void {
    for (const [line, { item }] of this.#entries.entries()) {
      item.style.setProperty('--line', lineColour(currentTheme(), line));
    }
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
    for (const [line, { column, value, time, note }] of this.#entries.entries()) {
      const shown = values[line]!;
      const number = shown.value ?? Number.NaN;
      write(
        value,
        column.kind === 'integer' ? writeInteger(number) : writeValue(number, shown.decimals, LEAST_DIGITS),
      );
      if (value.value !== String(number)) value.value = String(number);
      const date = calendarDate(shown.time)?.toISOString() ?? '';
      if (time.dateTime !== date) time.dateTime = date;
      write(time, shown.when);
      write(note, shown.note);
    }
  }
}

function toggle(swatch: HTMLElement, name: HTMLElement, line: number, events: LegendEvents): HTMLElement {
  const button = element('button', { type: 'button', class: 'head', 'aria-pressed': 'true' }, swatch, name);
  button.title = 'Show or hide this line';
  button.addEventListener('click', () => {
    const isHidden = button.getAttribute('aria-pressed') === 'true';
    button.setAttribute('aria-pressed', String(!isHidden));
    events.hide(line, isHidden);
  });
  button.addEventListener('focus', () => events.emphasise(line));
  button.addEventListener('blur', () => events.emphasise(undefined));
  return button;
}

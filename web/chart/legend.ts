// What the lines of a chart are and what they read: names, letters, colours, and the latest values or those pointed at.

import type { Channel } from '../stream/describe.ts';
import { element, write } from '../text/element.ts';
import { writeInteger, writeValue } from '../text/values.ts';
import { lineColour, lineLetter } from './palette.ts';
import { currentTheme } from './theme.ts';

/** What one channel reads. */
export interface Reading {
  /** NaN where the row has no value; undefined where there is no row. */
  readonly value: number | undefined;
  /** When it was read: text for people, and milliseconds since 1970. */
  readonly when: string;
  readonly time: number | undefined;
  /** What else there is to say: when it last had a value. */
  readonly note: string;
  /** Digits after the point. */
  readonly decimals: number;
}

/** Digits after the point that a power of ten has at least: a counter of bytes is seen to count. */
const LEAST_DIGITS = 4;

export interface LegendEvents {
  /** A line is to be hidden, or shown again. */
  hide(line: number, hidden: boolean): void;
  /** A line is to stand out; undefined for none. */
  emphasise(line: number | undefined): void;
}

interface Entry {
  readonly channel: Channel;
  readonly item: HTMLElement;
  readonly value: HTMLDataElement;
  readonly time: HTMLTimeElement;
  readonly note: HTMLElement;
  /** Says it where the channel's sensor fails. */
  readonly mark: HTMLElement;
}

export class Legend {
  readonly element = element('ul', { class: 'legend' });
  readonly #entries: readonly Entry[];

  /** Charts of one line need no letters, and nothing to hide. */
  constructor(channels: readonly Channel[], events: LegendEvents) {
    this.#entries = channels.map((channel, line) => {
      const single = channels.length === 1;
      const swatch = element(
        'span',
        { class: 'swatch', 'aria-hidden': 'true' },
        single ? '' : lineLetter(line),
      );
      const mark = element('span', { class: 'mark' });
      const name = element('span', { class: 'name' }, channel.label, ' ', mark);
      const head = single
        ? element('p', { class: 'head' }, swatch, name)
        : toggle(swatch, name, line, events);
      const value = element('data', { class: 'value' });
      const time = element('time');
      const note = element('span', { class: 'note' });
      const reading = element(
        'p',
        { class: 'reading' },
        value,
        channel.unit === '' ? '' : element('span', { class: 'unit' }, channel.unit),
        element('span', { class: 'when' }, time, note),
      );
      const item = element('li', { 'data-column': channel.name }, head, reading);
      item.addEventListener('pointerenter', () => events.emphasise(single ? undefined : line));
      item.addEventListener('pointerleave', () => events.emphasise(undefined));
      this.element.append(item);
      return { channel, item, value, time, note, mark };
    });
    this.colour();
  }

  /** Takes over the colours of the theme. */
  colour(): void {
    for (const [line, { item }] of this.#entries.entries()) {
      item.style.setProperty('--line', lineColour(currentTheme(), line));
    }
  }

  /** Marks the channels whose columns are among `failing`. */
  markFailing(failing: ReadonlySet<string>): void {
    for (const { channel, mark } of this.#entries) {
      write(mark, failing.has(channel.name) ? 'sensor fails' : '');
    }
  }

  /** Shows what each channel reads; `isPast` where that is of a moment that is pointed at. */
  show(readings: readonly Reading[], isPast: boolean): void {
    this.element.classList.toggle('past', isPast);
    for (const [line, { channel, value, time, note }] of this.#entries.entries()) {
      const reading = readings[line]!;
      const number = reading.value ?? Number.NaN;
      write(
        value,
        channel.kind === 'integer'
          ? writeInteger(number)
          : writeValue(number, reading.decimals, LEAST_DIGITS),
      );
      if (value.value !== String(number)) value.value = String(number);
      const date = reading.time === undefined ? '' : isoTime(reading.time);
      if (time.dateTime !== date) time.dateTime = date;
      write(time, reading.when);
      write(note, reading.note);
    }
  }
}

function toggle(swatch: HTMLElement, name: HTMLElement, line: number, events: LegendEvents): HTMLElement {
  const button = element('button', { type: 'button', class: 'head', 'aria-pressed': 'true' }, swatch, name);
  button.title = 'Show or hide this line';
  button.addEventListener('click', () => {
    const hidden = button.getAttribute('aria-pressed') === 'true';
    button.setAttribute('aria-pressed', String(!hidden));
    events.hide(line, hidden);
  });
  button.addEventListener('focus', () => events.emphasise(line));
  button.addEventListener('blur', () => events.emphasise(undefined));
  return button;
}

/** Empty for what is outside of the calendar. */
function isoTime(time: number): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? '' : date.toISOString();
}

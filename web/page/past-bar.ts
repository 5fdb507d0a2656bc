// Shows which stretch of the past the charts show, leads back to the newest rows, and takes a beginning and an end.

import type { PastStatus } from '../chart/past-charts.ts';
import type { Stretch } from '../past/past-rows.ts';
import { LONGEST } from '../past/timeline.ts';
import { plainReason } from '../stream/reason.ts';
import { byId, write } from '../text/element.ts';
import { writeStretch } from '../text/stretch.ts';
import { writeClock, writeDate } from '../text/times.ts';

export interface PastBarEvents {
  /** The charts are to follow the newest rows again. */
  follow(): void;
  /** The reader has entered a stretch of time. */
  choose(stretch: Stretch): void;
  /** Milliseconds since 1970 by the server's clock. */
  now(): number;
}

export class PastBar {
  readonly #bar = byId('past', HTMLElement);
  readonly #text = byId('past-text', HTMLElement);
  readonly #rows = byId('past-rows', HTMLElement);
  readonly #status = byId('past-status', HTMLElement);
  readonly #form = byId('stretch', HTMLFormElement);
  readonly #from = byId('from', HTMLInputElement);
  readonly #to = byId('to', HTMLInputElement);
  readonly #error = byId('stretch-error', HTMLElement);
  readonly #open = byId('choose', HTMLButtonElement);
  readonly #now: () => number;
  #stretch: Stretch | undefined;

  constructor(events: PastBarEvents) {
    this.#now = () => events.now();
    byId('live', HTMLButtonElement).addEventListener('click', () => events.follow());
    this.#open.addEventListener('click', () => this.#toggle());
    this.#form.addEventListener('keydown', event => {
      if (event.key === 'Escape') this.#toggle(false);
    });
    this.#form.addEventListener('submit', event => {
      event.preventDefault();
      const [from, to] = [this.#from, this.#to].map(field => Date.parse(field.value)) as [number, number];
      const error = errorIn(from, to, events.now());
      write(this.#error, error);
      if (error !== '') return;
      this.#toggle(false);
      events.choose({ from, to });
    });
  }

  get isShown(): boolean {
    return this.#stretch !== undefined;
  }

  /** Shows the stretch; undefined while the charts follow the newest rows. */
  show(stretch: Stretch | undefined): void {
    this.#stretch = stretch;
    // The focus of the keyboard must not go away with the bar.
    if (stretch === undefined && this.#bar.contains(document.activeElement)) {
      byId('pause', HTMLButtonElement).focus();
    }
    this.#bar.hidden = stretch === undefined;
    if (stretch !== undefined) write(this.#text, writeStretch(stretch.from, stretch.to));
    else {
      write(this.#rows, '');
      write(this.#status, '');
    }
  }

  /** Shows how many rows have come meanwhile. */
  rows(count: number): void {
    write(this.#rows, count <= 0 ? '' : `${count} new ${count === 1 ? 'row' : 'rows'}`);
  }

  /** Shows whether rows are on their way, and why they do not come. */
  status({ isLoading, failure }: PastStatus): void {
    const text = failure === undefined ? '' : `The past cannot be read now: ${plainReason(failure)}`;
    write(this.#status, isLoading && text === '' ? 'Loading…' : text);
  }

  #toggle(isOpen = this.#form.hidden): void {
    if (!isOpen && this.#form.contains(document.activeElement)) this.#open.focus();
    this.#form.hidden = !isOpen;
    this.#open.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    const { from, to } = this.#stretch ?? { from: this.#now() - 86_400_000, to: this.#now() };
    this.#from.value = fieldValue(from);
    this.#to.value = fieldValue(to);
    write(this.#error, '');
    this.#from.focus();
  }
}

function errorIn(from: number, to: number, now: number): string {
  if (Number.isNaN(from)) return 'Expected a date and a time to begin with, such as 28.11.2026, 19:00';
  if (Number.isNaN(to)) return 'Expected a date and a time to end with, such as 28.11.2026, 20:00';
  if (from >= to) return 'Expected a beginning that is earlier than the end';
  if (from > now) return 'Expected a beginning in the past: the future has no rows yet';
  if (Math.min(to, now) - from > LONGEST) return 'Expected at most 20 years';
  return '';
}

/** The local time as a field of the type `datetime-local` has it. */
function fieldValue(time: number): string {
  return `${writeDate(time)}T${writeClock(time)}`;
}

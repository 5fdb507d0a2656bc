// Keeps the address of the page equal to the view: reads it, writes it, and makes an entry of the browser's history for each step.

import { type ParameterName, withParameters } from '../stream/parameters.ts';

/** Milliseconds after the last movement of a drag, when the address follows. */
const SETTLES = 250;

/** Milliseconds within which steps are one entry of the history: the notches of a wheel, a key that is held down. */
const ONE_ENTRY = 1000;

export type Changes = Readonly<Partial<Record<ParameterName, string | readonly string[] | undefined>>>;

export interface PageAddressEvents {
  /** The reader has gone back in the history, or has changed the address: the page is to show what it says now. */
  read(): void;
  /** The address has changed. */
  changed(): void;
}

export class PageAddress {
  readonly #events: PageAddressEvents;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** What is to be written when the drag rests. */
  #later: Changes = {};
  #steppedAt = Number.NEGATIVE_INFINITY;
  #href = location.href;

  constructor(events: PageAddressEvents) {
    this.#events = events;
    for (const event of ['popstate', 'hashchange']) addEventListener(event, () => this.#read());
  }

  get href(): string {
    return location.href;
  }

  /** Writes a step of the reader, which Back undoes. */
  step(changes: Changes): void {
    const now = performance.now();
    const isNew = now - this.#steppedAt > ONE_ENTRY;
    this.#steppedAt = now;
    this.#write({ ...this.#later, ...changes }, isNew);
  }

  /** Writes a change that belongs to the last step, or is none, when it rests. */
  note(changes: Changes): void {
    this.#later = { ...this.#later, ...changes };
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#write(this.#later, false), SETTLES);
  }

  #write(changes: Changes, isNew: boolean): void {
    clearTimeout(this.#timer);
    this.#later = {};
    const href = withParameters(location.href, changes);
    if (href === location.href) return;
    if (isNew) history.pushState(null, '', href);
    else history.replaceState(null, '', href);
    this.#href = href;
    this.#events.changed();
  }

  /** `popstate` and `hashchange` both report a new hash. */
  #read(): void {
    if (location.href === this.#href) return;
    this.#href = location.href;
    clearTimeout(this.#timer);
    this.#later = {};
    this.#steppedAt = Number.NEGATIVE_INFINITY;
    this.#events.read();
    this.#events.changed();
  }
}

// Shows one page after another in frames: a frame that is over takes all its memory with it.

import { element } from '../text/element.ts';

/** Milliseconds before its turn, at the most, when a page begins to load. */
const AHEAD = 5000;

/** Milliseconds that the first page has to load: a small machine starts at the same time. */
const PATIENCE = 30_000;

/** Milliseconds before another attempt while there is no page to show. */
const AGAIN = 5000;

export class Rotation {
  readonly element = element('div', { class: 'rotation' });
  readonly #addresses: () => Promise<readonly string[]>;
  readonly #every: number;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown: HTMLIFrameElement | undefined;
  #address = '';

  /** @param addresses the pages to show, asked for before each turn; rejects, or none, while they are not known: the page stays */
  constructor(every: number, addresses: () => Promise<readonly string[]>) {
    this.#addresses = addresses;
    this.#every = every * 1000;
    void this.#prepare(0);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.element.remove();
  }

  /** Loads the next page, and shows it after `wait` milliseconds. Does not reject. */
  async #prepare(wait: number): Promise<void> {
    const next = await this.#next();
    const frame = next === undefined ? undefined : this.#newFrame(next);
    if (frame !== undefined && this.#shown === undefined) await isLoaded(frame);
    this.#timer = setTimeout(() => {
      // A frame without the page has an error in its place, whose document nobody may read.
      const isThere = frame?.contentDocument?.getElementById('charts') != null;
      if (frame !== undefined && isThere) {
        this.#shown?.remove();
        this.#shown = frame;
        frame.classList.add('shown');
        this.#address = next!;
      } else frame?.remove();
      const ahead = Math.min(AHEAD, this.#every / 2);
      this.#timer =
        this.#shown === undefined
          ? setTimeout(() => void this.#prepare(0), AGAIN)
          : setTimeout(() => void this.#prepare(ahead), this.#every - ahead);
    }, wait);
  }

  async #next(): Promise<string | undefined> {
    const addresses = await this.#addresses().catch((): readonly string[] => []);
    const next = addresses[(addresses.indexOf(this.#address) + 1) % Math.max(1, addresses.length)];
    // A page that is alone stays as it is.
    return next === this.#address && this.#shown !== undefined ? undefined : next;
  }

  #newFrame(address: string): HTMLIFrameElement {
    const frame = element('iframe', { src: address, title: 'One dataset' });
    this.element.append(frame);
    return frame;
  }
}

/** Resolves when a page is in the frame, or an error in its place, or after a while without either. */
function isLoaded(frame: HTMLIFrameElement): Promise<void> {
  return new Promise(resolve => {
    const patience = setTimeout(resolve, PATIENCE);
    frame.addEventListener('load', () => {
      clearTimeout(patience);
      resolve();
    });
  });
}

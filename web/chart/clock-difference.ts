// Says by how much the clock of a server differs from the browser's: whoever compares times with a watch has to know.

import { byId, write } from '../text/element.ts';
import { writeDuration } from '../text/times.ts';

/** Milliseconds up to which nothing is said: clocks differ, and rows are under way. */
const LEAST = 5000;

/** Milliseconds after the first rows from which on a row that arrives is a new one, not one of the past. */
const FIRST_ROWS = 1500;

/** By the times of rows as they arrive. All times in milliseconds, `browser` by `performance.now()`. */
export class ClockDifference {
  #first: number | undefined;
  /** A row has come that the server made while the page was there. */
  #isLive = false;

  /** A row has arrived. */
  arrived(browser: number): void {
    this.#first ??= browser;
    if (browser - this.#first > FIRST_ROWS) this.#isLive = true;
  }

  /** Rows begin to come again, of the past at first. */
  restart(): void {
    this.#first = undefined;
    this.#isLive = false;
  }

  /**
   * What there is to say when it is `server` by the times of rows and `now` by the browser's clock; empty for nothing. Old
   * rows alone may be those of a server that makes no more.
   */
  text(server: number | undefined, now: number): string {
    const ahead = (server ?? now) - now;
    const isKnown = this.#isLive || ahead > 0;
    if (!isKnown || Math.abs(ahead) < LEAST) return '';
    const side = ahead > 0 ? 'ahead of' : 'behind';
    return `server clock ${writeDuration(Math.abs(ahead))} ${side} this browser’s`;
  }

  /** Shows it beside the age of the newest row. */
  static show(text: string): void {
    write(byId('clock-difference', HTMLElement), text);
  }
}

// Says by how much the server's clock differs from the browser's, for readers who compare the times with a watch.

import { writeDuration } from '../text/times.ts';

/** The least difference in milliseconds that is reported: clocks differ a little, and rows take time to arrive. */
const LEAST = 5000;

/** Milliseconds after the first rows after which an arriving row is new, not one of the past. */
const FIRST_ROWS = 1500;

/** Judges by the times of arriving rows. All times in milliseconds, `browser` by `performance.now()`. */
export class ClockDifference {
  #first: number | undefined;
  /** True once a row has come that the server made while the page was open. */
  #isLive = false;

  /** Notes that a row has arrived. */
  arrived(browser: number): void {
    this.#first ??= browser;
    if (browser - this.#first > FIRST_ROWS) this.#isLive = true;
  }

  /** Begins again: the next rows are of the past. */
  restart(): void {
    this.#first = undefined;
    this.#isLive = false;
  }

  /**
   * The difference in words while it is `server` by the times of rows and `now` by the browser's clock; empty for none. Old rows
   * alone prove nothing: the server may have stopped making rows.
   */
  text(server: number | undefined, now: number): string {
    const ahead = (server ?? now) - now;
    const isKnown = this.#isLive || ahead > 0;
    if (!isKnown || Math.abs(ahead) < LEAST) return '';
    const side = ahead > 0 ? 'ahead of' : 'behind';
    return `server clock ${writeDuration(Math.abs(ahead))} ${side} this browser’s`;
  }
}

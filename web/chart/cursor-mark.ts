// Marks the moment that is pointed at: a line across the chart, with its time.

import { element, write } from '../text/element.ts';
import { writeClock, writeSpan } from '../text/times.ts';

/** CSS pixels that the time to the right of the line needs. */
const LABEL_WIDTH = 110;

export class CursorMark {
  readonly #time = element('span');
  readonly element = element('div', { class: 'cursor', hidden: true }, this.#time);

  /** `share`: its place on the time axis, from 0 at the left to 1 at the right of `width` CSS pixels; undefined for none. */
  show(time: number, share: number | undefined, width: number, absolute: boolean): void {
    const isShown = share !== undefined && share >= 0;
    this.element.hidden = !isShown;
    if (!isShown) return;
    // Shares, not pixels: on paper the chart has another size.
    this.element.style.setProperty('left', `${(100 * share).toFixed(3)}%`);
    this.element.classList.toggle('rightmost', width * (1 - share) < LABEL_WIDTH);
    write(this.#time, absolute ? writeClock(time, true) : writeSpan(time, true));
  }
}

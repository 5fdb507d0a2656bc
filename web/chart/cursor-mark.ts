// Marks the moment that is pointed at: a line across the chart, with its time, and a cross that lets go of a pinned moment.

import { element, write } from '../text/element.ts';
import { writeDate, writeTime } from '../text/times.ts';
import type { Frame } from './frame.ts';

/** CSS pixels that the time to the right of the line needs. */
const LABEL_WIDTH = 140;

export class CursorMark {
  readonly #time = element('span');
  readonly #letGo = element(
    'button',
    { type: 'button', class: 'let-go', title: 'Let go of this moment', hidden: true },
    '×',
  );
  readonly element = element(
    'div',
    { class: 'cursor', hidden: true },
    element('p', {}, this.#time, this.#letGo),
  );

  /** `letGo` is called by the cross. */
  constructor(letGo: () => void) {
    this.#letGo.setAttribute('aria-label', 'Let go of this moment');
    this.#letGo.addEventListener('click', letGo);
  }

  /**
   * `share`: the place of the moment on the time axis, from 0 at the left to 1 at the right of `width` CSS pixels; undefined for none.
   * `text`: other words for its time.
   */
  show(
    { cursor = 0, absolute, isPinned }: Frame,
    share: number | undefined,
    width: number,
    text?: string,
  ): void {
    const isShown = share !== undefined && share >= 0 && share <= 1;
    this.element.hidden = !isShown;
    if (!isShown) return;
    // Shares, not pixels: on paper the chart has another size.
    this.element.style.setProperty('left', `${(100 * share).toFixed(3)}%`);
    this.element.classList.toggle('rightmost', width * (1 - share) < LABEL_WIDTH);
    this.#letGo.hidden = !isPinned;
    // There is no room for both the date and milliseconds.
    const isOfToday = writeDate(cursor) === writeDate(Date.now());
    write(this.#time, text ?? writeTime(cursor, absolute, isOfToday || !absolute));
  }
}

// Offers the windows of time in a select, with the one that is shown among them.

import { isStanding, lengthOf, type Shown } from '../past/timeline.ts';
import { byId, element } from '../text/element.ts';
import { windowsWith } from './choices.ts';

export class WindowChoice {
  readonly #select = byId('window', HTMLSelectElement);

  /** `chosen` gets the window that the reader has chosen, in milliseconds. */
  constructor(chosen: (window: number) => void) {
    this.#select.addEventListener('change', () => chosen(1000 * Number(this.#select.value)));
  }

  show(shown: Shown): void {
    const length = lengthOf(shown) / 1000;
    const seconds = isStanding(shown) ? Math.round(length) : length;
    const windows = windowsWith(seconds);
    const values = windows.map(([each]) => String(each)).join();
    if ([...this.#select.options].map(({ value }) => value).join() !== values) {
      this.#select.replaceChildren(
        ...windows.map(([each, name]) => element('option', { value: String(each) }, name)),
      );
    }
    this.#select.value = String(seconds);
  }
}

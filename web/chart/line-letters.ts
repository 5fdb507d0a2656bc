// Shows the letter of each line beside its end, at the right edge of a chart.

import { element } from '../text/element.ts';
import { lineLetter } from './palette.ts';
import { spread } from './spread.ts';

/** CSS pixels between two letters. */
const LETTER_HEIGHT = 15;

export class LineLetters {
  readonly element: HTMLElement;
  readonly #letters: readonly HTMLElement[];

  /** A single line needs no letter. */
  constructor(lines: number) {
    this.#letters = Array.from({ length: lines > 1 ? lines : 0 }, (_, line) =>
      element('span', { class: 'tag', hidden: true }, lineLetter(line)),
    );
    this.element = element('div', { class: 'edge', 'aria-hidden': 'true' }, ...this.#letters);
  }

  get isEmpty(): boolean {
    return this.#letters.length === 0;
  }

  colour(line: number, colour: string): void {
    this.#letters[line]?.style.setProperty('color', colour);
  }

  /** `ends`: CSS pixels from the upper edge to the end of each line; undefined for a line without one. `height` of the chart. */
  show(ends: readonly (number | undefined)[], height: number): void {
    for (const [line, at] of spread(ends, LETTER_HEIGHT, height).entries()) {
      const letter = this.#letters[line]!;
      letter.hidden = at === undefined;
      if (at !== undefined) letter.style.setProperty('top', `${((100 * at) / height).toFixed(2)}%`);
    }
  }
}

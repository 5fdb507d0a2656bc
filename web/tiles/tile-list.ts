// Shows tiles side by side, failures first; those beyond a sensible number are folded away.

import { element, write } from '../text/element.ts';
import { rankOf } from './reading.ts';
import type { Tile } from './tile.ts';

export class TileList {
  readonly element: HTMLElement;
  readonly tiles: readonly Tile[];
  readonly #list = element('ul', { class: 'tiles' });
  readonly #more: HTMLElement | undefined;
  readonly #most: number;
  #isOpen = false;

  /**
   * @param most tiles that are in sight while the others are folded away; failing ones are always in sight
   * @param unfolds false: a text says how many more there are; true: a button shows them
   */
  constructor(tiles: readonly Tile[], most: number, unfolds: boolean) {
    this.tiles = tiles;
    // One more takes as much room as the line that counts them.
    this.#most = tiles.length <= most + 1 ? tiles.length : most;
    this.#list.append(...tiles.map(tile => tile.element));
    this.#more = tiles.length > this.#most ? this.#newMore(unfolds) : undefined;
    this.element = element('div', { class: 'tile-list' }, this.#list, ...(this.#more ? [this.#more] : []));
    this.arrange();
  }

  /** Puts failures first, and folds. While the reader is in the tiles they keep their places, and none that is in sight goes away. */
  arrange(): void {
    const isHeld = this.#list.matches(':focus-within');
    const sorted = this.tiles.toSorted((a, b) => rankOf(a.state) - rankOf(b.state));
    for (const [index, tile] of isHeld ? [] : sorted.entries()) {
      const there = this.#list.children[index];
      if (there !== tile.element) this.#list.insertBefore(tile.element, there ?? null);
    }
    let hidden = 0;
    for (const [index, tile] of sorted.entries()) {
      const isFolded = !this.#isOpen && index >= this.#most && tile.state !== 'failing';
      if (!isHeld || !isFolded) tile.element.hidden = isFolded;
      if (tile.element.hidden) hidden += 1;
    }
    if (this.#more === undefined) return;
    write(this.#more, this.#moreText(hidden));
    this.#more.hidden = !this.#isOpen && hidden === 0;
  }

  #moreText(hidden: number): string {
    if (this.#more instanceof HTMLButtonElement) {
      return this.#isOpen ? 'Show fewer' : `Show all ${this.tiles.length}`;
    }
    return `and ${hidden} more`;
  }

  #newMore(unfolds: boolean): HTMLElement {
    if (!unfolds) return element('p', { class: 'tile-more' });
    const button = element('button', { type: 'button', class: 'tile-more', 'aria-expanded': 'false' });
    button.addEventListener('click', () => {
      this.#isOpen = !this.#isOpen;
      button.setAttribute('aria-expanded', String(this.#isOpen));
      this.arrange();
    });
    return button;
  }
}

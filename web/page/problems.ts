// Shows what the address of the page says and the page does not understand, until the reader changes that part of the view.

import { byId, element } from '../text/element.ts';
import type { Problem } from './view-address.ts';

export class Problems {
  readonly #list = byId('view-problem', HTMLElement);
  readonly #texts = new Map<Problem['of'], readonly string[]>();

  /** Replaces all that is known. */
  set(problems: readonly Problem[]): void {
    this.#texts.clear();
    for (const { of, text } of problems) this.#texts.set(of, [...(this.#texts.get(of) ?? []), text]);
    this.#show();
  }

  /** Replaces what is known of one part of the view; nothing for a part that the reader has changed. */
  of(part: Problem['of'], texts: readonly string[] = []): void {
    if (texts.length === 0 && !this.#texts.has(part)) return;
    this.#texts.set(part, texts);
    this.#show();
  }

  #show(): void {
    const all = [...this.#texts.values()].flat();
    this.#list.replaceChildren(...all.map(text => element('span', {}, text)));
    this.#list.hidden = all.length === 0;
  }
}

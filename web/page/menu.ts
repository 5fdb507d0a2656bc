// A button that opens a menu. Escape, a choice, Tab and a press beside it close it; Escape and a choice put the focus on the button.

import { element } from '../text/element.ts';

export interface MenuEntry {
  readonly label: string;
  /** For one of several choices: whether it is the one that counts now. */
  readonly isChecked?: () => boolean;
  readonly run: () => void;
}

export class Menu {
  readonly #button: HTMLButtonElement;
  readonly #list: HTMLElement;
  readonly #entries: { readonly entry: MenuEntry; readonly item: HTMLButtonElement }[] = [];

  /** Makes `button` open `list`, which is empty and hidden. */
  constructor(button: HTMLButtonElement, list: HTMLElement) {
    this.#button = button;
    this.#list = list;
    button.setAttribute('aria-haspopup', 'menu');
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => this.#toggle(list.hidden !== false));
    button.addEventListener('keydown', event => {
      if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return;
      event.preventDefault();
      this.#toggle(true, event.key === 'ArrowDown' ? 0 : -1);
    });
    list.addEventListener('keydown', event => this.#key(event));
    addEventListener('pointerdown', ({ target }) => {
      const isInside = target instanceof Node && (list.contains(target) || button.contains(target));
      if (!isInside) this.#toggle(false);
    });
  }

  /** Adds an entry at the end; a `heading` stands above the first of several choices. */
  add(entry: MenuEntry, heading?: string): void {
    const role = entry.isChecked === undefined ? 'menuitem' : 'menuitemradio';
    const item = element('button', { type: 'button', role, tabindex: '-1' }, entry.label);
    item.addEventListener('click', () => {
      this.#close();
      entry.run();
    });
    if (heading !== undefined) this.#list.append(element('p', { role: 'presentation' }, heading));
    this.#list.append(item);
    this.#entries.push({ entry, item });
  }

  #toggle(isOpen: boolean, focused = 0): void {
    if (isOpen === (this.#list.hidden === false)) return;
    this.#list.hidden = !isOpen;
    this.#button.setAttribute('aria-expanded', String(isOpen));
    if (!isOpen) return;
    for (const { entry, item } of this.#entries) {
      if (entry.isChecked !== undefined) item.setAttribute('aria-checked', String(entry.isChecked()));
    }
    this.#entries.at(focused)?.item.focus();
  }

  #close(): void {
    this.#toggle(false);
    this.#button.focus();
  }

  #key(event: KeyboardEvent): void {
    const items = this.#entries.map(({ item }) => item);
    const at = this.#entries.findIndex(({ item }) => item === document.activeElement);
    const count = items.length;
    const goTo: Readonly<Record<string, number>> = {
      ArrowDown: (at + 1) % count,
      ArrowUp: (at - 1 + count) % count,
      Home: 0,
      End: count - 1,
    };
    const place = Object.hasOwn(goTo, event.key) ? goTo[event.key] : undefined;
    if (event.key === 'Tab') this.#toggle(false);
    else if (event.key === 'Escape' || place !== undefined) {
      event.preventDefault();
      event.stopPropagation();
      if (place === undefined) this.#close();
      else items[place]?.focus();
    }
  }
}

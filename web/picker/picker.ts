// Lets a reader pick one of many datasets: a field that finds them by name, title and column, with a list of links (ARIA combobox).

import { element, write } from '../text/element.ts';
import { type Searchable, search } from './search.ts';

/** A dataset to pick. Its link stays the caller's, who may change its address at any time. */
export interface PickerChoice extends Searchable {
  readonly link: HTMLAnchorElement;
  /** Such as why it can not be read. */
  readonly state?: string | undefined;
}

/** The number of pickers on the page, for ids that are unique. */
let made = 0;

/** A field and its list. Put `element` into the page. */
export class Picker {
  readonly element: HTMLElement;
  readonly #choices: readonly PickerChoice[];
  readonly #field: HTMLInputElement;
  readonly #list: HTMLElement;
  readonly #count = element('p', { class: 'unseen', role: 'status' });
  readonly #none = element('p', { class: 'picker-none', hidden: true });
  /** The links that fit, in the order of the list. */
  #found: readonly HTMLAnchorElement[] = [];
  #active: HTMLAnchorElement | undefined;

  constructor(choices: readonly PickerChoice[]) {
    this.#choices = choices;
    const id = `picker-${++made}`;
    for (const [index, { link, name, title, state }] of choices.entries()) {
      link.id = `${id}-${index}`;
      link.setAttribute('role', 'option');
      link.tabIndex = -1;
      link.setAttribute('aria-selected', 'false');
      link.replaceChildren(element('span', {}, title), element('code', {}, name));
      if (state !== undefined) link.append(element('span', { class: 'picker-state' }, state));
    }
    const words = `Find one of ${choices.length} datasets`;
    this.#list = element('div', {
      id,
      role: 'listbox',
      class: 'picker-list',
      'aria-label': 'Datasets',
      hidden: true,
    });
    this.#field = element('input', {
      type: 'search',
      role: 'combobox',
      class: 'picker-field',
      placeholder: words,
      'aria-label': words,
      'aria-autocomplete': 'list',
      'aria-expanded': 'false',
      'aria-controls': id,
      autocomplete: 'off',
      autocapitalize: 'none',
      spellcheck: 'false',
    });
    this.element = element('div', { class: 'picker' }, this.#field, this.#list, this.#none, this.#count);
    this.#wire();
    this.#find();
  }

  #wire(): void {
    const field = this.#field;
    field.addEventListener('input', () => {
      this.#find();
      this.#open();
    });
    field.addEventListener('click', () => this.#open());
    field.addEventListener('keydown', event => {
      if (!event.isComposing && this.#takes(event)) event.preventDefault();
    });
    this.element.addEventListener('focusout', ({ relatedTarget }) => {
      if (!(relatedTarget instanceof Node && this.element.contains(relatedTarget))) this.#close();
    });
    // The field keeps the focus while the list is clicked or scrolled.
    this.#list.addEventListener('mousedown', event => event.preventDefault());
    this.#list.addEventListener('click', () => this.#close());
  }

  get #isOpen(): boolean {
    return this.#field.getAttribute('aria-expanded') === 'true';
  }

  /** Obeys a key of the field. Returns whether it did. */
  #takes({ key, altKey, ctrlKey, metaKey }: KeyboardEvent): boolean {
    if (ctrlKey || metaKey) return false;
    switch (key) {
      case 'ArrowDown':
      case 'ArrowUp':
        if (altKey && key === 'ArrowUp') this.#close();
        else if (this.#isOpen) this.#move(key === 'ArrowDown' ? 1 : -1);
        else this.#open();
        return true;
      case 'Enter':
        if (this.#isOpen) this.#active?.click();
        return true;
      case 'Escape':
        if (this.#isOpen) this.#close();
        else if (this.#field.value !== '') {
          this.#field.value = '';
          this.#find();
        }
        return true;
      default:
        return false;
    }
  }

  #open(): void {
    this.#field.setAttribute('aria-expanded', 'true');
    this.#list.hidden = this.#found.length === 0;
    this.#none.hidden = this.#found.length > 0;
    this.#mark(
      this.#active ??
        this.#found.find(link => link.getAttribute('aria-current') === 'page') ??
        this.#found[0],
    );
    const count = this.#found.length;
    write(this.#count, count === 1 ? '1 dataset' : `${count} datasets`);
  }

  #close(): void {
    this.#field.setAttribute('aria-expanded', 'false');
    this.#list.hidden = true;
    this.#none.hidden = true;
    this.#mark(undefined);
    write(this.#count, '');
  }

  #find(): void {
    const text = this.#field.value;
    this.#found = search(this.#choices, text).map(place => this.#choices[place]!.link);
    this.#list.replaceChildren(...this.#found);
    write(this.#none, `No dataset has “${text.trim()}” in its name, title or columns.`);
    this.#mark(undefined);
  }

  #move(step: number): void {
    const { length } = this.#found;
    const at = this.#active === undefined ? (step > 0 ? -1 : 0) : this.#found.indexOf(this.#active);
    this.#mark(this.#found[(at + step + length) % length]);
  }

  /** Makes a link the one that Enter follows. */
  #mark(link: HTMLAnchorElement | undefined): void {
    this.#active?.setAttribute('aria-selected', 'false');
    this.#active = link;
    if (link === undefined) {
      this.#field.removeAttribute('aria-activedescendant');
      return;
    }
    link.setAttribute('aria-selected', 'true');
    this.#field.setAttribute('aria-activedescendant', link.id);
    if (!this.#list.hidden) link.scrollIntoView({ block: 'nearest' });
  }
}

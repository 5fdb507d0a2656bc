// Lists the hidden columns below the charts, and shows them again.

import type { ShownColumn } from '../stream/describe.ts';
import { element } from '../text/element.ts';
import type { ColumnChoice } from './column-choice.ts';

export class HiddenColumns {
  readonly element = element('p', { class: 'hidden-columns', hidden: true });
  readonly #columns: readonly ShownColumn[];
  readonly #choice: ColumnChoice;

  constructor(columns: readonly ShownColumn[], choice: ColumnChoice, signal: AbortSignal) {
    this.#columns = columns;
    this.#choice = choice;
    choice.listen(() => this.#show(), signal);
    this.#show();
  }

  #show(): void {
    const choice = this.#choice;
    const hidden = this.#columns.filter(({ name }) => choice.isHidden(name));
    const hadFocus = this.element.contains(document.activeElement);
    const buttons = hidden.map(column => {
      const title = `Show ${column.label} again`;
      const button = element('button', { type: 'button', title, 'data-column': column.name }, column.label);
      button.addEventListener('click', () => choice.hide(column.name, false));
      return button;
    });
    this.element.replaceChildren('Hidden: ', ...buttons);
    this.element.hidden = hidden.length === 0;
    if (hadFocus) buttons[0]?.focus();
  }
}

// Shows the latest value of each column of text, which cannot be drawn as a line.

import type { LatestValue } from '../rows/series.ts';
import type { ShownColumn } from '../stream/describe.ts';
import { element, write } from '../text/element.ts';
import type { ColumnChoice } from './column-choice.ts';

export class TextPanel {
  readonly element: HTMLElement;
  readonly #values: ReadonlyMap<ShownColumn, HTMLElement>;

  constructor(columns: readonly ShownColumn[], choice: ColumnChoice, signal: AbortSignal) {
    this.#values = new Map(columns.map(column => [column, element('dd')]));
    const rows = columns.map(column =>
      element(
        'div',
        { 'data-column': column.name },
        element('dt', {}, column.label),
        this.#values.get(column)!,
      ),
    );
    this.element = element(
      'section',
      { class: 'panel', 'aria-label': 'Text' },
      element('dl', { class: 'texts' }, ...rows),
    );
    const hide = () => {
      for (const [index, { name }] of columns.entries()) rows[index]!.hidden = choice.isHidden(name);
      this.element.hidden = rows.every(({ hidden }) => hidden);
    };
    choice.listen(hide, signal);
    hide();
  }

  /**
   * Shows the latest text of each of its columns, and ignores other columns. `isPast` while the numbers on the page are those of
   * another moment: earlier texts are not kept, so the panel says that these are the latest.
   */
  show(latestValues: readonly LatestValue[], isPast: boolean): void {
    this.element.classList.toggle('past', isPast);
    for (const { column, latest } of latestValues) {
      const value = this.#values.get(column);
      if (value !== undefined) write(value, typeof latest === 'string' ? latest : '');
    }
  }
}

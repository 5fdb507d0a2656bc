// Decides which columns of each dataset are shown: those that the address names as `cols`, and what the reader hides.

import { nearest } from '../../dap/model/nearest.ts';
import { ColumnChoice } from '../chart/column-choice.ts';
import { SAYS } from './view-address.ts';

/** The most columns that are listed if a name is like none of them. */
const MOST_LISTED = 8;

interface ShownDataset {
  /** Its name on the page, as `cols` writes it. */
  readonly name: string;
  readonly choice: ColumnChoice;
  /** The names of its columns; undefined while they are not known. */
  columns: readonly string[] | undefined;
}

/**
 * With one dataset `cols` lists names of columns. With several, `attic.air` is a column of the dataset `attic`, `attic.*` stands for all of
 * its columns, and a name alone for the columns of this name in every dataset.
 */
export class Columns {
  readonly #datasets: readonly ShownDataset[];
  #named: readonly string[] | undefined;

  /** `names` of the datasets; `chosen` is called when the reader has hidden a column or shown it again. */
  constructor(names: readonly string[], chosen: () => void) {
    this.#datasets = distinctNames(names).map(name => ({
      name,
      columns: undefined,
      choice: new ColumnChoice(() => {
        this.#named = this.#write();
        chosen();
      }),
    }));
  }

  /** The choice of the dataset at `index` of the page. */
  choiceOf(index: number): ColumnChoice {
    return this.#datasets[index]!.choice;
  }

  /** What the address is to say; undefined if every column is shown. */
  get named(): readonly string[] | undefined {
    return this.#named;
  }

  /** Shows the columns that `cols` names; all for undefined. */
  name(named: readonly string[] | undefined): void {
    this.#named = named;
    for (const dataset of this.#datasets) this.#apply(dataset);
  }

  /** Sets the columns of the dataset at `index` of the page. */
  columnsAre(index: number, columns: readonly string[]): void {
    const dataset = this.#datasets[index]!;
    dataset.columns = columns;
    this.#apply(dataset);
  }

  /** Sentences about the names that no dataset has; none before the columns of each dataset that may have them are known. */
  get problems(): string[] {
    return (this.#named ?? []).filter(name => this.#isUnknown(name)).map(name => this.#explain(name));
  }

  #apply({ name, columns, choice }: ShownDataset): void {
    const named = this.#named;
    const shown = (column: string) =>
      named === undefined || named.some(each => this.#means(each, name, column));
    choice.set(new Set(columns?.filter(column => !shown(column))));
  }

  /** True if `text` means the column of the dataset `dataset`. */
  #means(text: string, dataset: string, column: string): boolean {
    return text === column || text === `${dataset}.${column}` || text === `${dataset}.*`;
  }

  #isUnknown(text: string): boolean {
    return this.#datasets.every(({ name, columns }) =>
      columns === undefined
        ? this.#datasets.some(other => other.name !== name && text.startsWith(`${other.name}.`))
        : text !== `${name}.*` && !columns.some(column => this.#means(text, name, column)),
    );
  }

  #explain(text: string): string {
    const isSingle = this.#datasets.length === 1;
    const known = this.#datasets.flatMap(({ name, columns = [] }) =>
      columns.map(column => (isSingle ? column : `${name}.${column}`)),
    );
    const bare = known.map(name => name.slice(name.lastIndexOf('.') + 1));
    const near = nearest(text, known) ?? nearest(text, bare);
    const listed = known.slice(0, MOST_LISTED).join(', ');
    const more = known.length > MOST_LISTED ? ` and ${known.length - MOST_LISTED} more` : '';
    const hint = near === undefined ? `The columns are ${listed}${more}.` : `Did you mean ${near}?`;
    return `${SAYS} cols=${text}: no column has this name. ${hint}`;
  }

  #write(): readonly string[] | undefined {
    const isSingle = this.#datasets.length === 1;
    if (this.#datasets.every(dataset => this.#hasAll(dataset))) return undefined;
    return this.#datasets.flatMap(dataset => {
      const { name, columns, choice } = dataset;
      // What the address says of a dataset that has not answered stays.
      if (columns === undefined) return this.#namedOf(name);
      if (!isSingle && this.#hasAll(dataset)) return [`${name}.*`];
      const shown = columns.filter(column => !choice.isHidden(column));
      return isSingle ? shown : shown.map(column => `${name}.${column}`);
    });
  }

  /** True if all columns of a dataset are shown. */
  #hasAll({ columns, choice }: ShownDataset): boolean {
    if (columns === undefined) return this.#named === undefined;
    return columns.every(column => !choice.isHidden(column));
  }

  /** What `cols` says of a dataset whose columns are not known. */
  #namedOf(name: string): readonly string[] {
    if (this.#named === undefined) return [`${name}.*`];
    const isOfAnother = (text: string) => this.#datasets.some(other => text.startsWith(`${other.name}.`));
    return this.#named
      .map(text => (isOfAnother(text) ? text : `${name}.${text}`))
      .filter(text => text.startsWith(`${name}.`));
  }
}

/** `attic`, and `attic(2)` for the second dataset of this name. */
export function distinctNames(names: readonly string[]): string[] {
  return names.map((name, index) => {
    const before = names.slice(0, index).filter(other => other === name).length;
    return before === 0 ? name : `${name}(${before + 1})`;
  });
}

// Collects result rows, and gives them as columns.

import { type Batch, type Column, newColumn } from '../../model/value.ts';
import type { Atomic } from '../../model/variable.ts';

/** The values of a row, one for each column. */
export type RowValues = readonly (number | string)[];

export class Output {
  readonly #fields: readonly Atomic[];
  readonly #none: Batch;
  #rows: RowValues[] = [];

  constructor(fields: readonly Atomic[]) {
    this.#fields = fields;
    this.#none = { length: 0, columns: fields.map(field => newColumn(field, 0)) };
  }

  /** Keeps `row` itself, not a copy. */
  add(row: RowValues): void {
    this.#rows.push(row);
  }

  /** The rows that were added since the last call. */
  take(): Batch {
    const rows = this.#rows;
    if (rows.length === 0) return this.#none;
    this.#rows = [];
    const columns = this.#fields.map((field, index) => {
      const column = newColumn(field, rows.length) as (number | string)[];
      for (let row = 0; row < rows.length; row++) column[row] = rows[row]![index]!;
      return column as Column;
    });
    return { length: rows.length, columns };
  }
}

/** The values of the row with the index `row`, from the column `first` on. */
export function valuesOf({ columns }: Batch, row: number, first: number): RowValues {
  return columns.slice(first).map(column => column[row] as number | string);
}

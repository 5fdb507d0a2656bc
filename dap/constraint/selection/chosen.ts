// Represents chosen rows of a batch, and takes them out of it: consecutive rows as views, other rows as copies.

import { type Batch, type Column, type NumberColumn, newColumn } from '../../model/value.ts';
import type { Variable } from '../../model/variable.ts';

/** Chosen rows of a batch: a run of consecutive rows, or the indices of rows. */
export type ChosenRows = { readonly from: number; readonly to: number } | Int32Array;

export function allRows({ length }: Batch): ChosenRows {
  return { from: 0, to: length };
}

/** Ascending indices of rows; a run if the rows are consecutive. Undefined means all `length` rows. */
export function contiguous(numbers: Int32Array | undefined, length: number): ChosenRows {
  if (numbers === undefined) return { from: 0, to: length };
  if (numbers.length === 0) return { from: 0, to: 0 };
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  return last - first === numbers.length - 1 ? { from: first, to: last + 1 } : numbers;
}

export function countOf(rows: ChosenRows): number {
  return rows instanceof Int32Array ? rows.length : rows.to - rows.from;
}

/** The index in the batch of the chosen row number `index`. */
export function numberAt(rows: ChosenRows, index: number): number {
  return rows instanceof Int32Array ? rows[index]! : rows.from + index;
}

/** The chosen rows number `first` to `end - 1`. */
export function part(rows: ChosenRows, first: number, end: number): ChosenRows {
  if (rows instanceof Int32Array) return rows.subarray(first, end);
  return { from: rows.from + first, to: rows.from + end };
}

/** The chosen rows in the columns with the indices `columns`, which hold `fields`. */
export function pick(
  batch: Batch,
  rows: ChosenRows,
  columns: readonly number[],
  fields: readonly Variable[],
): Batch {
  return {
    length: countOf(rows),
    columns: columns.map((column, index) => take(batch.columns[column]!, rows, fields[index]!)),
  };
}

function take(column: Column, rows: ChosenRows, field: Variable): Column {
  if (!(rows instanceof Int32Array)) {
    if (!Array.isArray(column)) return column.subarray(rows.from, rows.to);
    return column.slice(rows.from, rows.to) as Column;
  }
  if (Array.isArray(column)) return Array.from(rows, row => column[row]!) as Column;
  const taken = newColumn(field, rows.length) as NumberColumn;
  for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
  return taken;
}

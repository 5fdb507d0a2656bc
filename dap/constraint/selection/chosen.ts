// Which rows of a batch are chosen, and how they are taken out of it: as views where they follow each other.

import { type Batch, type Column, type NumberColumn, newColumn } from '../../model/value.ts';
import type { Variable } from '../../model/variable.ts';

/** Rows of a batch: a run of them, or their numbers. */
export type ChosenRows = { readonly from: number; readonly to: number } | Int32Array;

export function allRows({ length }: Batch): ChosenRows {
  return { from: 0, to: length };
}

/** Numbers of rows, ascending, as a run where they follow each other; undefined stands for all `length` rows. */
export function contiguous(numbers: Int32Array | undefined, length: number): ChosenRows {
  if (numbers === undefined) return { from: 0, to: length };
  if (numbers.length === 0) return { from: 0, to: 0 };
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  return last - first === numbers.length - 1 ? { from: first, to: last + 1 } : numbers;
}

export function countOf(rows: ChosenRows): number {
  return rows instanceof Int32Array ? rows.length : rows.to - rows.from;
}

/** The number in the batch of the row that is at `index` among the chosen ones. */
export function numberAt(rows: ChosenRows, index: number): number {
  return rows instanceof Int32Array ? rows[index]! : rows.from + index;
}

/** Those from `first` to before `end` of the chosen ones. */
export function part(rows: ChosenRows, first: number, end: number): ChosenRows {
  if (rows instanceof Int32Array) return rows.subarray(first, end);
  return { from: rows.from + first, to: rows.from + end };
}

/** The chosen rows in the columns with the numbers `columns`, which hold `fields`. */
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

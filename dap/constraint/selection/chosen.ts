// Represents chosen rows of a batch, and takes them out of it: consecutive rows as views, other rows as copies.

import { type Batch, type Column, newColumns } from '../../model/value.ts';
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
  const chosen = columns.map(column => batch.columns[column]!);
  if (!(rows instanceof Int32Array))
    return { length: rows.to - rows.from, columns: chosen.map(column => stretchOf(column, rows)) };
  const taken = newColumns(fields, rows.length);
  for (let index = 0; index < chosen.length; index++) copy(chosen[index]!, rows, taken[index]!);
  return { length: rows.length, columns: taken };
}

function stretchOf(column: Column, { from, to }: { readonly from: number; readonly to: number }): Column {
  return Array.isArray(column) ? (column.slice(from, to) as Column) : column.subarray(from, to);
}

function copy(column: Column, rows: Int32Array, taken: Column): void {
  for (let i = 0; i < rows.length; i++) taken[i] = column[rows[i]!]!;
}

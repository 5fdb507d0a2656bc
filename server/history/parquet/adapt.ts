// Gives stored rows the columns that the dataset has now.

import { type Batch, type NumberColumn, newColumn } from '../../../dap/protocol.ts';
import { isSameQuantity } from './column-meaning.ts';
import type { FileColumn } from './file-columns.ts';

/**
 * The rows with other columns, by their names. A value is missing (NaN, or the fill value of a type of whole numbers) if the file lacks
 * its column or had another quantity in it, and if the new type cannot hold it: exactly in whole numbers, in its range otherwise.
 * Columns whose indices are not in `wanted` are empty.
 */
export function adapt(
  { length, columns }: Batch,
  from: readonly FileColumn[],
  to: readonly FileColumn[],
  fillValue: (column: FileColumn) => number,
  wanted: readonly number[] = [...to.keys()],
): Batch {
  return {
    length,
    columns: to.map((column, place) => {
      if (!wanted.includes(place)) return newColumn(column, 0);
      const index = from.findIndex(({ name }) => name === column.name);
      const own = from[index];
      const fill = fillValue(column);
      if (own === undefined || !isSameQuantity(own, column))
        return (newColumn(column, length) as NumberColumn).fill(fill);
      const values = columns[index] as NumberColumn;
      const { missing = fill } = own;
      return own.type === column.type && Object.is(missing, fill)
        ? values
        : converted(values, missing, newColumn(column, length) as NumberColumn, fill);
    }),
  };
}

function converted(values: NumberColumn, missing: number, target: NumberColumn, fill: number): NumberColumn {
  const isFloat = target instanceof Float64Array || target instanceof Float32Array;
  target.set(values);
  for (let row = 0; row < target.length; row += 1) {
    const [held, value] = [target[row]!, values[row]!];
    const isHeld = held === value || (isFloat && Number.isFinite(held));
    if (!isHeld || value === missing) target[row] = fill;
  }
  return target;
}

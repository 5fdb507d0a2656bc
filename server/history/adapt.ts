// Gives stored rows the columns that the dataset has now.

import { type Batch, type NumberColumn, newColumn } from '../../dap/protocol.ts';
import type { FileColumn } from './file-columns.ts';

/**
 * The rows with other columns, by their names. A column that the file lacks, and a value that its new type cannot hold exactly, is
 * missing: NaN, or the fill value of a type of whole numbers.
 */
export function adapt(
  { length, columns }: Batch,
  from: readonly FileColumn[],
  to: readonly FileColumn[],
  fillValue: (column: FileColumn) => number,
): Batch {
  return {
    length,
    columns: to.map(column => {
      const index = from.findIndex(({ name }) => name === column.name);
      const values = columns[index] as NumberColumn | undefined;
      if (values !== undefined && from[index]?.type === column.type) return values;
      const adapted = newColumn(column, length) as NumberColumn;
      if (values === undefined) return adapted.fill(fillValue(column));
      adapted.set(values);
      for (let row = 0; row < length; row += 1) {
        const [held, value] = [adapted[row]!, values[row]!];
        if (held !== value && !(Number.isNaN(held) && Number.isNaN(value))) adapted[row] = fillValue(column);
      }
      return adapted;
    }),
  };
}

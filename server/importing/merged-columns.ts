// Decides which columns a file gets whose rows come from files with different columns.

import { isSameQuantity } from '../history/parquet/column-meaning.ts';
import type { FileColumn } from '../history/parquet/file-columns.ts';

/**
 * The columns of all layouts. A column whose types differ, or of whole numbers that some rows lack, becomes Float64, which holds each
 * number of the others, and NaN for a missing one. The meaning of its numbers is that in the first layout that has one.
 * @throws one sentence if a column has numbers of different quantities: a file states one for all of its rows
 */
export function mergedColumns(layouts: readonly (readonly FileColumn[])[]): readonly FileColumn[] {
  const names = new Set(layouts.flatMap(columns => columns.map(({ name }) => name)));
  return [...names].map(name => {
    const found = layouts.map(columns => columns.find(column => column.name === name));
    const known = found.filter(column => column !== undefined);
    const { type } = known[0]!;
    const meant = known.find(({ quantity }) => quantity !== undefined) ?? known[0]!;
    const other = known.find(column => !isSameQuantity(column, meant));
    if (other !== undefined) {
      const [one, another] = [meant, other].map(({ quantity }) => quantity || 'no unit');
      throw new Error(
        `${name}: expected one unit, found ${one} and ${another}; import the file under another name with --dataset`,
      );
    }
    const isAlike = found.every(column => (column?.type ?? (type.startsWith('Float') && type)) === type);
    return { ...meant, name, type: isAlike ? type : 'Float64' };
  });
}

// Reads from attributes what the numbers of a column mean: their quantity, and the number that stands for a missing value.

import { type AttributeTable, attributeText, parseDas } from '../../../dap/protocol.ts';
import type { FileColumn } from './file-columns.ts';

/** A number in another unit, or packed otherwise, is another quantity. */
const QUANTITY = ['units', 'scale_factor', 'add_offset'];

/** A column with the meaning of its numbers. */
export function meantColumn({ type, name }: FileColumn, attributes: AttributeTable | undefined): FileColumn {
  if (attributes === undefined) return { type, name };
  const quantity = QUANTITY.map(key => attributeText(attributes, key) ?? '').join(' ');
  const missing = Number(attributeText(attributes, '_FillValue') ?? Number.NaN);
  return { type, name, quantity: quantity.trim(), missing };
}

/** The number for a missing value in a column of a file: NaN, or the fill value of a type of whole numbers. */
export function missingIn({ type, missing = Number.NaN }: FileColumn): number {
  return type.startsWith('Float') ? Number.NaN : missing;
}

/** The columns of a file with the meaning that its DAS states; without one if the DAS cannot be read. */
export function meantColumns(columns: readonly FileColumn[], das: string): readonly FileColumn[] {
  const tables = tablesIn(das);
  return columns.map((column, index) =>
    index === 0 ? column : meantColumn(column, tables.get(column.name)),
  );
}

function tablesIn(das: string): ReadonlyMap<string, AttributeTable> {
  const tables = new Map<string, AttributeTable>();
  try {
    // A table for each column stands in that of the Sequence.
    for (const sequence of parseDas(das).values())
      if (sequence instanceof Map)
        for (const [name, table] of sequence) if (table instanceof Map) tables.set(name, table);
  } catch {
    tables.clear();
  }
  return tables;
}

/** Whether numbers of one column can be shown in the other: if the meaning of one is not known, they count as the same quantity. */
export function isSameQuantity(one: FileColumn, other: FileColumn): boolean {
  return one.quantity === undefined || other.quantity === undefined || one.quantity === other.quantity;
}

// Widens a column of few bits of another server: its numbers get the sign that its attributes give them, and its attributes too.

import { type Attribute, type AttributeTable, listedNumbers } from '../../../dap/model/attributes.ts';
import { meaningOf, type NumberMeaning } from '../../../dap/model/meaning.ts';
import type { NumberType } from '../../../dap/model/variable.ts';

/** Clients read these types differently in a Sequence; all of their numbers fit into an Int32. */
const WIDENED: Partial<Record<NumberType, { readonly bits: number }>> = {
  Byte: { bits: 8 },
  Int16: { bits: 16 },
  UInt16: { bits: 16 },
};

/** Attributes whose numbers are numbers of the column, whatever type they have. */
const OF_COLUMN = ['_FillValue', 'missing_value', 'flag_values', 'flag_masks'];

const BOUNDS = ['valid_range', 'valid_min', 'valid_max'];

/** A column that is served as Int32. */
export interface WidenedColumn {
  readonly attributes: AttributeTable;
  /** Gives numbers their sign: `_Unsigned`, or a valid range, may give them the other one than their type has. */
  readonly meaning: NumberMeaning;
}

/** Undefined for a column of a type that every client reads. `table`: its attributes, without tables inside. */
export function widenedColumn(type: NumberType, table: AttributeTable): WidenedColumn | undefined {
  const bits = WIDENED[type]?.bits;
  const meaning = meaningOf(type, table);
  if (bits === undefined || meaning === undefined) return undefined;
  const signed = (value: number | string): number | string => {
    const isOfBits =
      Number.isInteger(value) && Number(value) >= -(2 ** (bits - 1)) && Number(value) < 2 ** bits;
    return isOfBits ? meaning.signed(Number(value)) : value;
  };
  const areBoundsTurned = !meaning.isSigned && greatestOf(table) < 0;
  const entries = [...table].flatMap(([name, entry]): [string, Attribute][] => {
    if (name === '_Unsigned' || entry instanceof Map) return [];
    const { type: own, values } = entry;
    const isOfType = own === type;
    // A Byte has no sign, and some servers write it with one.
    const isOfColumn = OF_COLUMN.includes(name) || (isOfType && type === 'Byte');
    const isTurned = BOUNDS.includes(name) ? isOfType && areBoundsTurned : isOfColumn;
    return [[name, { type: isOfType ? 'Int32' : own, values: isTurned ? values.map(signed) : values }]];
  });
  return { attributes: new Map(entries), meaning };
}

/** The upper bound of valid numbers. Below 0, the bounds of unsigned numbers were written as if they were signed. */
function greatestOf(table: AttributeTable): number {
  const bounds = [...listedNumbers(table, 'valid_range').slice(1), ...listedNumbers(table, 'valid_max')];
  return bounds[0]?.value ?? Number.POSITIVE_INFINITY;
}

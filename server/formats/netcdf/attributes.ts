// Turns attributes of the DAS into attributes of a netCDF file, with the types that the classic formats have.

import { isNumberType, RANGES } from '../../../dap/model/layout.ts';
import type { NumberType } from '../../../dap/model/variable.ts';
import type { Attribute, AttributeTable, NumberMeaning } from '../../../dap/protocol.ts';
import type { NcAttribute, NcNumberType } from './file.ts';
import { NcNames } from './names.ts';
import { NC_TYPES } from './types.ts';

/** A column of numbers, as its attributes need it. */
export interface DescribedColumn {
  readonly type: NumberType;
  readonly ncType: NcNumberType;
  readonly meaning: NumberMeaning;
}

/** Attributes whose numbers are numbers of the column, and have its type (CF 1.11, sections 2.5.1 and 3.5). */
const OF_COLUMN = ['_FillValue', 'missing_value', 'flag_values', 'flag_masks'];

/** The same, unless they have the type of the unpacked numbers. */
const BOUNDS = ['valid_range', 'valid_min', 'valid_max', 'actual_range'];

/** The types of the file hold every number with its own sign. */
const NEEDLESS = ['_Unsigned'];

/** Attributes without a netCDF type: each nested table becomes `TABLE.NAME`. */
export function globalAttributes(table: AttributeTable): NcAttribute[] {
  const names = new NcNames();
  return flat(table).map(([name, attribute]) => plainAttribute(names.take(name), attribute));
}

export function columnAttributes(table: AttributeTable, column: DescribedColumn): NcAttribute[] {
  const names = new NcNames();
  return flat(table).flatMap(([name, attribute]) => {
    if (NEEDLESS.includes(name)) return [];
    const isOfColumn = OF_COLUMN.includes(name) || (BOUNDS.includes(name) && attribute.type === column.type);
    const numbers = isOfColumn ? numbersOf(attribute) : undefined;
    if (numbers === undefined)
      return name === '_FillValue' ? [] : [plainAttribute(names.take(name), attribute)];
    const { ncType: type, meaning } = column;
    // Readers take one number for a missing value.
    const values = (name === '_FillValue' ? numbers.slice(0, 1) : numbers).map(value =>
      meaning.signed(value),
    );
    return [{ name: names.take(name), type, values }];
  });
}

/** An attribute as it is: numbers of a type that holds them all, or a text. */
function plainAttribute(name: string, attribute: Attribute): NcAttribute {
  const numbers = numbersOf(attribute);
  if (numbers === undefined || !isNumberType(attribute.type)) {
    return { name, type: 'char', text: attribute.values.map(String).join(', ') };
  }
  const [least, greatest] = RANGES[attribute.type];
  const isInRange = numbers.every(value => !(value < least || value > greatest));
  return { name, type: isInRange ? NC_TYPES[attribute.type] : 'double', values: numbers };
}

/** The values if all of them are numbers; undefined otherwise. */
function numbersOf({ values }: Attribute): readonly number[] | undefined {
  return values.length > 0 && values.every(value => typeof value === 'number') ? values : undefined;
}

function flat(table: AttributeTable, prefix = ''): [string, Attribute][] {
  return [...table].flatMap(([name, entry]): [string, Attribute][] => {
    if (entry instanceof Map) return flat(entry, `${prefix}${name}.`);
    return entry.type === 'Alias' ? [] : [[`${prefix}${name}`, entry]];
  });
}

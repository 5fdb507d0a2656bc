// Tells layouts apart whose columns have the same names and types, but numbers that mean something else, such as another unit.

import { attributeText } from '../../dap/protocol.ts';
import type { SequenceLayout } from '../source/row-source.ts';

/** The attributes by which numbers mean something. */
const QUANTITY = ['units', 'scale_factor', 'add_offset', '_FillValue', 'missing_value'];

type Column = SequenceLayout['columns'][number];

/** What the numbers of each column mean, as a text in one line. */
export function quantitiesText({ columns }: SequenceLayout): string {
  return JSON.stringify(columns.map(quantityOf));
}

/** Whether the numbers of two layouts with the same columns mean the same. A column without attributes may mean anything. */
export function hasSameQuantities(one: SequenceLayout, other: SequenceLayout): boolean {
  return one.columns.every((column, index) => {
    const another = other.columns[index];
    if (another === undefined || column.attributes.size === 0 || another.attributes.size === 0) return true;
    return quantityOf(column) === quantityOf(another);
  });
}

function quantityOf({ attributes }: Column): string {
  return QUANTITY.flatMap(name => {
    const text = attributeText(attributes, name);
    return text === undefined ? [] : [`${name}=${text}`];
  }).join(' ');
}

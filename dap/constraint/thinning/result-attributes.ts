// Describes the columns that a summarising function makes: units, long names, cell methods and missing values.

import { type Attribute, type AttributeTable, attributeText } from '../../model/attributes.ts';
import type { Atomic } from '../../model/variable.ts';
import type { ResultColumn } from './result-column.ts';

/** Attributes of the source that say the same of its least and greatest value, and of its mean. */
const KEPT = [
  'units',
  'standard_name',
  'scale_factor',
  'add_offset',
  'sensor_name',
  'serial_number',
  'comment',
];

/** CF's names of the methods (CF 1.11, appendix E), and words for a long name. */
const METHODS = {
  min: { method: 'minimum', words: 'least' },
  mean: { method: 'mean', words: 'mean of' },
  max: { method: 'maximum', words: 'greatest' },
} as const;

/**
 * The attributes of a result column. Units are those of the source, also of its mean; counts have the unit 1; an interval without
 * values has NaN, the `_FillValue`. Ranges and flags of the source are left out: they are bounds of single readings.
 * @param source the column that it is made of, and its attributes; undefined for the number of rows
 */
export function resultAttributes(
  { field, measure }: ResultColumn,
  source?: { readonly name: string; readonly attributes: AttributeTable | undefined },
): AttributeTable {
  const attributes = source?.attributes;
  const longName = attributeText(attributes, 'long_name') ?? source?.name ?? '';
  switch (measure) {
    case 'start':
      return new Map([...(attributes ?? []), ['long_name', text('Beginning of the interval')]]);
    case 'rows':
      return countAttributes('number of rows in the interval');
    case 'count':
      return countAttributes(`number of values of ${longName}`);
    case 'text':
      return new Map(attributes);
    case 'min':
    case 'mean':
    case 'max': {
      const { method, words } = METHODS[measure];
      const kept = [...(attributes ?? [])].filter(([name]) => KEPT.includes(name));
      return new Map([
        ...kept,
        ...(measure === 'mean' ? [] : resolutionOf(attributes)),
        ['long_name', text(`${words} ${longName}`)],
        ['cell_methods', text(`time: ${method}`)],
        ['_FillValue', missing(field)],
      ]);
    }
  }
}

function countAttributes(longName: string): AttributeTable {
  return new Map([
    ['units', text('1')],
    ['long_name', text(longName)],
    ['standard_name', text('number_of_observations')],
  ]);
}

/** The step between neighbouring readings: a mean lies between them. */
function resolutionOf(attributes: AttributeTable | undefined): [string, Attribute | AttributeTable][] {
  const found = attributes?.get('resolution');
  return found === undefined ? [] : [['resolution', found]];
}

function missing({ type }: Atomic): Attribute {
  return { type, values: [Number.NaN] };
}

function text(value: string): Attribute {
  return { type: 'String', values: [value] };
}

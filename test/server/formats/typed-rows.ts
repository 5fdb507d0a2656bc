// Gives the tests of text formats rows of every type, and writes them with a format.

import type { Attribute, AttributeTable, Batch, Sequence } from '../../../dap/index.ts';
import type { ChosenOptions } from '../../../server/formats/format-options.ts';
import type { RowFormat } from '../../../server/formats/row-format.ts';

const text = (value: string): Attribute => ({ type: 'String', values: [value] });
const number = (type: Attribute['type'], value: number): Attribute => ({ type, values: [value] });

export const SEQUENCE: Sequence = {
  type: 'Sequence',
  name: 'sensor',
  fields: [
    { type: 'Float64', name: 'time' },
    { type: 'Float64', name: 'temperature' },
    { type: 'Float32', name: 'humidity' },
    { type: 'Int32', name: 'count' },
    { type: 'UInt32', name: 'total' },
    { type: 'Int16', name: 'level' },
    { type: 'Byte', name: 'flag' },
    { type: 'String', name: 'note' },
  ],
};

/** The temperature has a resolution, the count a missing value. */
export const ATTRIBUTES: AttributeTable = new Map([
  [
    'sensor',
    new Map<string, AttributeTable>([
      ['time', new Map([['units', text('seconds since 1970-01-01T00:00:00Z')]])],
      [
        'temperature',
        new Map([
          ['units', text('degree_Celsius')],
          ['long_name', text('Temperature of the roof')],
          ['resolution', number('Float64', 0.0625)],
          ['_FillValue', number('Float64', Number.NaN)],
        ]),
      ],
      ['humidity', new Map([['units', text('percent')]])],
      [
        'count',
        new Map([
          ['units', text('1')],
          ['_FillValue', number('Int32', -2147483648)],
        ]),
      ],
    ]),
  ],
]);

/** One row, in the order of the columns. */
export type TypedRow = readonly [number, number, number, number, number, number, number, string];

export function typedBatch(rows: readonly TypedRow[]): Batch {
  const numbers = (index: number) => rows.map(row => row[index] as number);
  return {
    length: rows.length,
    columns: [
      Float64Array.from(numbers(0)),
      Float64Array.from(numbers(1)),
      Float32Array.from(numbers(2)),
      Int32Array.from(numbers(3)),
      Uint32Array.from(numbers(4)),
      Int16Array.from(numbers(5)),
      Uint8Array.from(numbers(6)),
      rows.map(row => row[7]),
    ],
  };
}

/** The whole text of a response with these rows. */
export async function written(
  format: RowFormat,
  rows: readonly TypedRow[],
  options: ChosenOptions = {},
): Promise<string> {
  const dataset = { name: 'roof', variables: [SEQUENCE] };
  const content = { plan: { dataset, sequence: SEQUENCE }, attributes: ATTRIBUTES, options };
  const { head, encode, end } = await format.open(content);
  return Buffer.concat([head, encode(typedBatch(rows)), end]).toString();
}

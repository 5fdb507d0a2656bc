// The format `.csv`: a line of names with units, then a row a line (RFC 4180), for spreadsheets and readers of tables.

import {
  type AttributeTable,
  attributeText,
  type LineStyle,
  lineEncoder,
  longestLine,
  type Sequence,
} from '../../dap/protocol.ts';
import { attributesOf, columnWriters, isTime, TIME_OPTION, type TimeForm, timeForm } from './column-text.ts';
import { csvStyle, csvText, missingNumbers } from './csv-rows.ts';
import type { RowFormat } from './row-format.ts';

export const csv: RowFormat = {
  suffix: '.csv',
  mediaType: 'text/csv; charset=utf-8; header=present',
  label: 'CSV',
  summary: 'the rows as CSV for spreadsheets, pandas and R; endless unless the constraint bounds them',
  constrainedBy: 'constraint',
  name: 'csv',
  isDownload: true,
  options: [
    {
      name: 'header',
      values: ['units', 'names'],
      summary: 'the first line: temperature (degree_Celsius), or temperature',
    },
    TIME_OPTION,
  ],
  open({ plan: { sequence }, attributes, options }) {
    const time = timeForm(options);
    const style: LineStyle = {
      ...csvStyle(missingNumbers(sequence, attributes)),
      writers: columnWriters(sequence, attributes, { time, isRounded: true }),
    };
    const names =
      options['header'] === 'names'
        ? sequence.fields.map(({ name }) => name)
        : sequence.fields.map(({ name }) => withUnits(sequence, attributes, name, time));
    return {
      head: Buffer.from(`${names.map(csvText).join(',')}${style.lineEnd}`),
      encode: lineEncoder(sequence, style),
      end: new Uint8Array(0),
      rowBytes: longestLine(sequence, style),
    };
  },
};

/** `temperature (degree_Celsius)`. Times that name their zone have no units, nor have numbers of the unit 1. */
function withUnits(sequence: Sequence, attributes: AttributeTable, name: string, time: TimeForm): string {
  const table = attributesOf(sequence, attributes, name);
  const units = attributeText(table, 'units') ?? '';
  const isPlain = units === '' || units === '1' || (time !== 'epoch' && isTime(table));
  return isPlain ? name : `${name} (${units})`;
}

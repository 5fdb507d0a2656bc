// How are rows of a Sequence written as CSV? A line of names, then a line a row, each number with all its digits.

import { decimal } from '../../dap/encode/decimal.ts';
import type { Rows, Sequence } from '../../dap/index.ts';
import { isAtomic } from '../../dap/index.ts';

/** One field (RFC 4180, section 2). */
export function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/**
 * The names of the columns, `sensor.time,sensor.temperature`, without the end of the line.
 * @throws where a column is none of numbers or text
 */
export function csvHead({ name, fields }: Sequence): string {
  const odd = fields.find(field => !isAtomic(field));
  if (odd !== undefined) {
    throw new Error(`expected columns of numbers or text, found ${odd.name} of the type ${odd.type}`);
  }
  return fields.map(field => csvField(`${name}.${field.name}`)).join(',');
}

/** Row `index`, without the end of the line; a field is empty where there is no value. */
export function csvRow({ sequence, columns }: Rows, index: number): string {
  const texts = sequence.fields.map(({ type }, column) => {
    const value = columns[column]![index];
    if (typeof value !== 'number') return csvField(String(value));
    return Number.isNaN(value) ? '' : decimal(type === 'Float32' ? 'Float32' : 'Float64', value);
  });
  return texts.join(',');
}

// Writes rows of a Sequence as CSV: a line of names, then a line for each row, each number with all its digits.

import { decimal } from '../../dap/encode/decimal.ts';
import {
  type AttributeTable,
  columnMeanings,
  type FollowedRows,
  isAtomic,
  type Sequence,
} from '../../dap/index.ts';

/**
 * A text that a spreadsheet takes for a formula, or that looks like one made harmless: the characters that OWASP names under
 * "CSV Injection", with the line feed and the wide forms, after any number of single quotes.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** One field (RFC 4180, section 2), as it is. For text of other origin there is `csvText`. */
function csvField(text: string): string {
  return /[",\r\n]/.test(text) ? quoted(text) : text;
}

/** A field of text that no spreadsheet runs as a formula: a single quote comes before it, as OWASP advises. */
export function csvText(text: string): string {
  return FORMULA.test(text) ? quoted(`'${text}`) : csvField(text);
}

/** The text that `csvText` wrote, after the field was read. */
export function textOfField(field: string): string {
  return field.startsWith("'") && FORMULA.test(field) ? field.slice(1) : field;
}

/** The names of the columns, `sensor.time`, `sensor.temperature`. */
export function columnNames({ name, fields }: Sequence): readonly string[] {
  return fields.map(field => `${name}.${field.name}`);
}

/**
 * The line of names, `sensor.time,sensor.temperature`, without the end of the line.
 * @throws where a column is none of numbers or text
 */
export function csvHead(sequence: Sequence): string {
  const odd = sequence.fields.find(field => !isAtomic(field));
  if (odd !== undefined) {
    throw new Error(`expected columns of numbers or text, found ${odd.name} of the type ${odd.type}`);
  }
  return columnNames(sequence).map(csvText).join(',');
}

/** For each column, which of its numbers stand for no value; undefined for a column of text. */
export type MissingNumbers = readonly (((stored: number) => boolean) | undefined)[];

/** The numbers that the attributes mark as missing. What lies outside of a valid range was measured all the same. */
export function missingNumbers(sequence: Sequence, attributes: AttributeTable): MissingNumbers {
  return columnMeanings(sequence, attributes).map(
    meaning => meaning && ((stored: number) => meaning.isMarked(stored)),
  );
}

/** Row `index`, without the end of the line; a field is empty where there is no value. */
export function csvRow(
  { sequence, columns }: FollowedRows,
  index: number,
  missing: MissingNumbers = [],
): string {
  const texts = sequence.fields.map(({ type }, column) => {
    const value = columns[column]![index];
    if (typeof value !== 'number') return csvText(String(value));
    if (Number.isNaN(value) || missing[column]?.(value) === true) return '';
    return decimal(type === 'Float32' ? 'Float32' : 'Float64', value);
  });
  return texts.join(',');
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

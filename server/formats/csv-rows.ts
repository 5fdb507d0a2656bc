// Writes rows of a Sequence as CSV: a header line, then a line per row, each number with all its digits.

import {
  type AttributeTable,
  columnMeanings,
  isAtomic,
  type LineStyle,
  lineEncoder,
  type MissingNumber,
  type RowEncoder,
  type Sequence,
} from '../../dap/protocol.ts';

/**
 * A text that a spreadsheet takes for a formula, or a formula made harmless: the characters that OWASP names under
 * "CSV Injection", with the line feed and the wide forms, after any number of single quotes.
 */
const FORMULA = /^'*[=+\-@\t\r\n＝＋－＠]/;

/** One field (RFC 4180, section 2), unchanged. `csvText` is for text of other origin. */
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
 * The header line, such as `sensor.time,sensor.temperature`, without its line end.
 * @throws Error for a column that is neither of numbers nor of text
 */
export function csvHead(sequence: Sequence): string {
  const odd = sequence.fields.find(field => !isAtomic(field));
  if (odd !== undefined) {
    throw new Error(`expected columns of numbers or text, found ${odd.name} of the type ${odd.type}`);
  }
  return columnNames(sequence).map(csvText).join(',');
}

/** For each column, the numbers besides NaN that stand for no value; undefined for a column that has none. */
export type MissingNumbers = readonly (MissingNumber | undefined)[];

/** The numbers that the attributes mark as missing. A number outside of a valid range was measured all the same. */
export function missingNumbers(sequence: Sequence, attributes: AttributeTable): MissingNumbers {
  return columnMeanings(sequence, attributes).map(meaning =>
    meaning?.hasMarks === true ? (stored: number) => meaning.isMarked(stored) : undefined,
  );
}

/** The manner of CSV: a field is empty where there is no value. */
export function csvStyle(missing: MissingNumbers, lineEnd = '\n'): LineStyle {
  return { separator: ',', lineEnd, text: csvText, nothing: '', missing };
}

/** An encoder for rows as CSV with all digits, each with the end of its line. */
export function csvEncoder(sequence: Sequence, missing: MissingNumbers = [], lineEnd = '\n'): RowEncoder {
  return lineEncoder(sequence, csvStyle(missing, lineEnd));
}

function quoted(text: string): string {
  return `"${text.replaceAll('"', '""')}"`;
}

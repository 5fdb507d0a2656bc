// Writes the one flat Sequence of a dataset as text, one line for each row: the response `.asc`.

import { printDds } from '../model/dds.ts';
import { encodeName } from '../model/names.ts';
import type { DapDataset, Sequence } from '../model/variable.ts';
import type { RowEncoder } from './rows.ts';
import { atomicFields, type LineStyle, lineEncoder, longestLine } from './text-rows.ts';

/** Strings are in quotes with the escapes of JSON, as ERDDAP prints them. */
const STYLE: LineStyle = { separator: ', ', lineEnd: '\n', text: JSON.stringify };

const RULE = '-'.repeat(45);

/**
 * The text before the rows: the DDS, a line of 45 dashes and a line with the names of the columns, `sensor.time, sensor.voltage`.
 * Throws a `TypeError` for a dataset that is not one Sequence of atomic columns.
 * @param least the least number of characters: blanks after the DDS, where white space has no meaning, fill up to it
 */
export function asciiHeader(dataset: DapDataset, least = 0): string {
  const [sequence, ...others] = dataset.variables;
  if (sequence?.type !== 'Sequence' || others.length > 0) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ') || 'no variable';
    throw new TypeError(`${dataset.name}: expected one Sequence to print as ASCII, found ${found}`);
  }
  const names = atomicFields(sequence).map(field => `${encodeName(sequence.name)}.${encodeName(field.name)}`);
  const dds = printDds(dataset).trimEnd();
  const rest = `\n${RULE}\n${names.join(', ')}\n`;
  return `${dds.padEnd(least - rest.length)}${rest}`;
}

/** The text before the values of a dataset of Arrays: the DDS, and a line of 45 dashes. */
export function asciiArraysHeader(dataset: DapDataset): string {
  return `${printDds(dataset).trimEnd()}\n${RULE}\n`;
}

/** Bytes that a row takes as text at most; undefined where a column of strings sets no bound. */
export function longestAsciiRow(sequence: Sequence): number | undefined {
  return longestLine(sequence, STYLE);
}

/** A `lineEncoder` whose values stand between `, `. */
export function asciiEncoder(sequence: Sequence): RowEncoder {
  return lineEncoder(sequence, STYLE);
}

// How does a dataset's one flat Sequence look as text, for people and spreadsheets?

import { printDds } from '../model/dds.ts';
import { encodeName } from '../model/scan.ts';
import type { Batch, Column } from '../model/value.ts';
import type { Atomic, Dataset, Sequence } from '../model/variable.ts';
import { isAtomic } from '../model/variable.ts';
import { decimal } from './decimal.ts';
import { isNumberType } from './layout.ts';

const RULE = '-'.repeat(45);

/**
 * What comes before the rows: the DDS, a line of 45 dashes and a line with the columns' names, `sensor.time,
 * sensor.voltage`. A TypeError for a dataset that is not one Sequence of atomic columns: nothing else has rows of text.
 */
export function asciiHeader(dataset: Dataset): string {
  const [sequence, ...others] = dataset.variables;
  if (sequence?.type !== 'Sequence' || others.length > 0) {
    const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ') || 'no variable';
    throw new TypeError(`${dataset.name}: expected one Sequence to print as ASCII, found ${found}`);
  }
  const names = atomicFields(sequence).map(field => `${encodeName(sequence.name)}.${encodeName(field.name)}`);
  return `${printDds(dataset)}${RULE}\n${names.join(', ')}\n`;
}

/**
 * The rows, one a line: numbers as the shortest decimals that read back to the same value (`decimal`), strings in quotes
 * with the escapes of JSON, as ERDDAP prints them. A TypeError for a Sequence that has a column of anything else.
 */
export function asciiRows(sequence: Sequence, batch: Batch): string {
  const printers = atomicFields(sequence).map((field, i) => {
    const column = batch.columns[i];
    if (column === undefined || column.length < batch.length) {
      const name = `${sequence.name}.${field.name}`;
      throw new TypeError(`${name}: expected ${batch.length} values, found ${column?.length ?? 'no column'}`);
    }
    return printerOf(field, column);
  });
  let text = '';
  for (let row = 0; row < batch.length; row++) {
    for (const [i, print] of printers.entries()) text += i === 0 ? print(row) : `, ${print(row)}`;
    text += '\n';
  }
  return text;
}

function printerOf({ type }: Atomic, column: Column): (row: number) => string {
  return isNumberType(type)
    ? row => decimal(type, column[row] as number)
    : row => JSON.stringify(column[row]);
}

function atomicFields(sequence: Sequence): Atomic[] {
  return sequence.fields.map(field => {
    if (isAtomic(field)) return field;
    throw new TypeError(
      `${sequence.name}.${field.name}: expected a number or a string to print as ASCII, found ${field.type}`,
    );
  });
}

// How does a dataset's one flat Sequence look as text, for people and spreadsheets?

import { printDds } from '../model/dds.ts';
import { isNumberType } from '../model/layout.ts';
import { encodeName } from '../model/scan.ts';
import type { Batch, Column } from '../model/value.ts';
import type { Atomic, Dataset, Sequence } from '../model/variable.ts';
import { isAtomic } from '../model/variable.ts';
import { DigitWriter, LONGEST_NUMBER } from './digits.ts';

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
 * An encoder for rows as text, one a line: numbers as the shortest decimals that read back to the same value (`decimal`), strings
 * in quotes with the escapes of JSON, as ERDDAP prints them. The bytes (UTF-8) are new and the caller's own. A TypeError for a
 * Sequence that has a column of anything else, and for a batch that lacks values.
 */
export function asciiEncoder(sequence: Sequence): (batch: Batch) => Uint8Array {
  const fields = atomicFields(sequence);
  const writers = fields.map(({ type }) => (isNumberType(type) ? new DigitWriter(type) : undefined));
  let scratch = new Uint8Array(0);
  return batch => {
    const { length, columns } = batch;
    for (const [i, field] of fields.entries()) checkLength(sequence, field, columns[i], length);
    let at = 0;
    for (let row = 0; row < length; row++) {
      for (let i = 0; i < writers.length; i++) {
        const writer = writers[i];
        const value = columns[i]![row] as number | string;
        const text = writer === undefined ? encoder.encode(JSON.stringify(value)) : undefined;
        const needed = at + SEPARATOR + (text?.length ?? LONGEST_NUMBER);
        if (needed > scratch.length) scratch = grown(scratch, needed);
        if (i > 0) {
          scratch[at] = COMMA;
          scratch[at + 1] = BLANK;
          at += 2;
        }
        if (writer !== undefined) at = writer.put(scratch, at, value as number);
        else {
          scratch.set(text!, at);
          at += text!.length;
        }
      }
      scratch[at] = LINE_END;
      at += 1;
    }
    return scratch.slice(0, at);
  };
}

/** Room for `, ` before a value and the line's end after it. */
const SEPARATOR = 3;
const [COMMA, BLANK, LINE_END] = [0x2c, 0x20, 0x0a];
const encoder = new TextEncoder();

function grown(bytes: Uint8Array, needed: number): Uint8Array<ArrayBuffer> {
  const larger = new Uint8Array(Math.max(needed, 2 * bytes.length, 4096));
  larger.set(bytes);
  return larger;
}

function checkLength(sequence: Sequence, field: Atomic, column: Column | undefined, length: number): void {
  if (column !== undefined && column.length >= length) return;
  const name = `${sequence.name}.${field.name}`;
  throw new TypeError(`${name}: expected ${length} values, found ${column?.length ?? 'no column'}`);
}

function atomicFields(sequence: Sequence): Atomic[] {
  return sequence.fields.map(field => {
    if (isAtomic(field)) return field;
    throw new TypeError(
      `${sequence.name}.${field.name}: expected a number or a string to print as ASCII, found ${field.type}`,
    );
  });
}

// Writes the one flat Sequence of a dataset as text, one line for each row: the response `.asc`.

import { printDds } from '../model/dds.ts';
import { isNumberType } from '../model/layout.ts';
import { encodeName } from '../model/text-scanner.ts';
import type { Column, NumberColumn } from '../model/value.ts';
import type { Atomic, DapDataset, Sequence } from '../model/variable.ts';
import { isAtomic } from '../model/variable.ts';
import { DigitWriter, LONGEST_NUMBER } from './digits.ts';
import type { RowEncoder } from './rows.ts';

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

/** The greatest number of bytes of a row as text; undefined if a column of strings has no bound. */
export function longestAsciiRow({ fields }: Sequence): number | undefined {
  const bounded = fields.every(({ type }) => isNumberType(type));
  return bounded ? fields.length * (SEPARATOR + LONGEST_NUMBER) : undefined;
}

/**
 * An encoder for rows as lines of text: numbers as the shortest decimals that read back as the same value (`decimal`), strings in
 * quotes with the escapes of JSON, as ERDDAP prints them. It encodes the rows `from` to `to - 1` of a batch, by default all. The
 * bytes (UTF-8) are the beginning of `into`, if it has room for `longestAsciiRow` bytes a row, else new memory that the caller
 * owns. Throws a `TypeError` for a Sequence with a column that is not atomic, and for a batch that lacks values.
 */
export function asciiEncoder(sequence: Sequence): RowEncoder {
  const fields = atomicFields(sequence);
  const writers = fields.map(({ type }) => (isNumberType(type) ? new DigitWriter(type) : undefined));
  const longest = longestAsciiRow(sequence);
  let own = viewOf(new Uint8Array(4096));
  return (batch, from = 0, to = batch.length, into) => {
    const { columns } = batch;
    for (const [i, field] of fields.entries()) checkLength(sequence, field, columns[i], to);
    const fits = into !== undefined && longest !== undefined && (to - from) * longest <= into.length;
    let view = fits ? viewOf(into) : own;
    let room = view.byteLength;
    let at = 0;
    for (let row = from; row < to; row++) {
      for (let i = 0; i < writers.length; i++) {
        const writer = writers[i];
        const column = columns[i]!;
        const text = writer === undefined ? encoder.encode(JSON.stringify(column[row])) : undefined;
        const needed = at + SEPARATOR + (text?.length ?? LONGEST_NUMBER);
        if (needed > room) {
          view = own = grown(view, needed);
          room = view.byteLength;
        }
        if (i > 0) {
          view.setUint16(at, COMMA_BLANK);
          at += 2;
        }
        if (writer !== undefined) at = writer.put(view, at, column as NumberColumn, row);
        else {
          bytesOf(view).set(text!, at);
          at += text!.length;
        }
      }
      view.setUint8(at, LINE_END);
      at += 1;
    }
    return fits ? into.subarray(0, at) : bytesOf(view).slice(0, at);
  };
}

/** The bytes of `, ` before a value and of the line end after it. */
const SEPARATOR = 3;
const [COMMA_BLANK, LINE_END] = [0x2c20, 0x0a];
const encoder = new TextEncoder();

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

function bytesOf(view: DataView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function grown(view: DataView, needed: number): DataView {
  const larger = new Uint8Array(Math.max(needed, 2 * view.byteLength));
  larger.set(bytesOf(view));
  return viewOf(larger);
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

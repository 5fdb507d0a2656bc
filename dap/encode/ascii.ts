// Writes the one flat Sequence of a dataset as text, a row a line, for people and spreadsheets.

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
 * What comes before the rows: the DDS, a line of 45 dashes and a line with the columns' names, `sensor.time,
 * sensor.voltage`. A TypeError for a dataset that is not one Sequence of atomic columns: nothing else has rows of text.
 * @param least characters that it has at the least: blanks behind the DDS, where white space means nothing, make them up
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

/** Bytes that a row takes as text at the most; undefined where a column of strings sets no bound. */
export function longestAsciiRow({ fields }: Sequence): number | undefined {
  const bounded = fields.every(({ type }) => isNumberType(type));
  return bounded ? fields.length * (SEPARATOR + LONGEST_NUMBER) : undefined;
}

/**
 * An encoder for rows as text, one a line: numbers as the shortest decimals that read back to the same value (`decimal`), strings
 * in quotes with the escapes of JSON, as ERDDAP prints them; of a batch, the rows `from` to `to - 1`, all where left out. The
 * bytes (UTF-8) are the beginning of `into` where the caller gives memory with room for `longestAsciiRow` a row, else new and
 * the caller's own. A TypeError for a Sequence that has a column of anything else, and for a batch that lacks values.
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

/** Room for `, ` before a value and the line's end after it. */
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

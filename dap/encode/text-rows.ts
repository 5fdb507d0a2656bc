// Writes rows as lines of text, in the manner that a format asks for: separators, line ends, texts and missing values.

import { isNumberType } from '../model/layout.ts';
import type { Column, NumberColumn } from '../model/value.ts';
import { type Atomic, isAtomic, type Sequence } from '../model/variable.ts';
import { DigitWriter, LONGEST_NUMBER } from './digits.ts';
import type { RowEncoder } from './rows.ts';

/** Whether a stored number of a column stands for no value. */
export type MissingNumber = (stored: number) => boolean;

/** The manner in which rows are written. Separator and line end are one or two characters of ASCII. */
export interface LineStyle {
  readonly separator: string;
  readonly lineEnd: string;
  /** Writes a value of a column of strings. */
  readonly text: (value: string) => string;
  /** For each column, the numbers that are written as nothing; no number of a column that has none. */
  readonly missing?: readonly (MissingNumber | undefined)[];
}

/** Bytes that a row takes at most; undefined where a column of strings sets no bound. */
export function longestLine({ fields }: Sequence): number | undefined {
  return fields.every(({ type }) => isNumberType(type))
    ? fields.length * (LONGEST_MARK + LONGEST_NUMBER) + LONGEST_MARK
    : undefined;
}

/**
 * An encoder for rows as text, one a line: numbers as the shortest decimals that read back to the same value (`decimal`);
 * of a batch, the rows `from` to `to - 1`, by default all. The bytes (UTF-8) are the beginning of `into` if it has room for
 * `longestLine` a row, else new memory, which is the caller's own.
 * @throws TypeError for a column that is neither of numbers nor of strings, and for a batch that lacks values
 */
export function lineEncoder(sequence: Sequence, style: LineStyle): RowEncoder {
  const fields = atomicFields(sequence);
  const writers = fields.map(({ type }) => (isNumberType(type) ? new DigitWriter(type) : undefined));
  const missing = fields.map((_, i) => style.missing?.[i]);
  const longest = longestLine(sequence);
  const separator = markOf(style.separator);
  const lineEnd = markOf(style.lineEnd);
  const hasMissing = missing.some(isMissing => isMissing !== undefined);
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
        const text = writer === undefined ? encoder.encode(style.text(String(column[row]))) : undefined;
        const needed = at + 2 * LONGEST_MARK + (text?.length ?? LONGEST_NUMBER);
        if (needed > room) {
          view = own = grown(view, needed);
          room = view.byteLength;
        }
        if (i > 0) {
          view.setUint16(at, separator.word);
          at += separator.length;
        }
        if (text !== undefined) {
          bytesOf(view).set(text, at);
          at += text.length;
        } else if (!hasMissing || missing[i]?.((column as NumberColumn)[row]!) !== true) {
          at = writer!.put(view, at, column as NumberColumn, row);
        }
      }
      view.setUint16(at, lineEnd.word);
      at += lineEnd.length;
    }
    return fits ? into.subarray(0, at) : bytesOf(view).slice(0, at);
  };
}

/** Bytes of a separator or a line end at most. */
const LONGEST_MARK = 2;
const encoder = new TextEncoder();

/** A separator or a line end as two bytes to write; what follows overwrites the second byte of a short one. */
interface Mark {
  readonly word: number;
  readonly length: number;
}

function markOf(text: string): Mark {
  const [first = 0, second] = encoder.encode(text);
  return { word: (first << 8) | (second ?? 0), length: second === undefined ? 1 : 2 };
}

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

/** The columns of a Sequence. A TypeError for a column that is neither of numbers nor of strings. */
export function atomicFields(sequence: Sequence): Atomic[] {
  return sequence.fields.map(field => {
    if (isAtomic(field)) return field;
    throw new TypeError(
      `${sequence.name}.${field.name}: expected a number or a string to print as text, found ${field.type}`,
    );
  });
}

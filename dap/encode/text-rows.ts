// Writes rows as text, in the manner that a format asks for: the text around values, texts, missing values and times.

import { isNumberType } from '../model/layout.ts';
import type { Column, NumberColumn } from '../model/value.ts';
import { type Atomic, isAtomic, type Sequence } from '../model/variable.ts';
import { DigitWriter, type NumberWriter } from './digits.ts';
import type { RowEncoder } from './rows.ts';
import { markOf, paddedLength, putMark } from './text-mark.ts';

/** Whether a stored number of a column stands for no value. */
export type MissingNumber = (stored: number) => boolean;

/** The manner in which rows are written. */
export interface RecordStyle {
  /** The text before the value of each column. */
  readonly before: readonly string[];
  /** The text after the last value of a row. */
  readonly end: string;
  /** Writes a value of a column of strings. */
  readonly text: (value: string) => string;
  /** The text in place of NaN and of missing numbers; undefined to write each number as it is. */
  readonly nothing?: string;
  /** Has `nothing` in place of infinities, too. */
  readonly finiteOnly?: boolean;
  /** For each column, the missing numbers besides NaN; undefined for a column that has none. */
  readonly missing?: readonly (MissingNumber | undefined)[];
  /** For each column, the writer of its numbers; by default all their digits. */
  readonly writers?: readonly (NumberWriter | undefined)[];
}

/** Rows as lines: a separator between values, and the end of a line. */
export interface LineStyle
  extends Pick<RecordStyle, 'text' | 'nothing' | 'finiteOnly' | 'missing' | 'writers'> {
  readonly separator: string;
  readonly lineEnd: string;
}

/** Bytes that a row takes at most, rounded up; undefined where a column of strings sets no bound. */
export function longestRecord({ fields }: Sequence, style: RecordStyle): number | undefined {
  return fields.every(({ type }) => isNumberType(type)) ? fixedRoom(fields as Atomic[], style) : undefined;
}

/** As `longestRecord`, for rows as lines. */
export function longestLine(sequence: Sequence, style: LineStyle): number | undefined {
  return longestRecord(sequence, recordsOf(sequence, style));
}

/** A `recordEncoder` for rows as lines. */
export function lineEncoder(sequence: Sequence, style: LineStyle): RowEncoder {
  return recordEncoder(sequence, recordsOf(sequence, style));
}

/**
 * An encoder for rows as text: numbers by default as the shortest decimals that read back to the same value (`decimal`); of a batch,
 * the rows `from` to `to - 1`, by default all. The bytes (UTF-8) are the beginning of `into` if it has room for `longestRecord` a row,
 * else new memory, which is the caller's own.
 * @throws TypeError for a column that is neither of numbers nor of strings, and for a batch that lacks values
 */
export function recordEncoder(sequence: Sequence, style: RecordStyle): RowEncoder {
  const fields = atomicFields(sequence);
  const writers = fields.map(({ type }, i) => writerOf(type, style.writers?.[i]));
  const before = style.before.map(markOf);
  const end = markOf(style.end);
  const nothing = style.nothing === undefined ? undefined : markOf(style.nothing);
  const { finiteOnly = false } = style;
  const marked = fields.map((_, i) => style.missing?.[i]);
  const longest = longestRecord(sequence, style);
  const room = fixedRoom(fields, style);
  let own = viewOf(new Uint8Array(4096));
  return (batch, from = 0, to = batch.length, into) => {
    const { columns } = batch;
    for (const [i, field] of fields.entries()) checkLength(sequence, field, columns[i], to);
    const fits = into !== undefined && longest !== undefined && (to - from) * longest <= into.length;
    let view = fits ? viewOf(into) : own;
    let at = 0;
    for (let row = from; row < to; row++) {
      if (at + room > view.byteLength) view = own = grown(view, at + room);
      for (let i = 0; i < writers.length; i++) {
        at = putMark(view, at, before[i]!);
        const writer = writers[i];
        const column = columns[i]!;
        if (writer === undefined) {
          const text = encoder.encode(style.text(String(column[row])));
          if (at + text.length + room > view.byteLength) view = own = grown(view, at + text.length + room);
          bytesOf(view).set(text, at);
          at += text.length;
        } else if (nothing !== undefined && isNothing(column as NumberColumn, row, finiteOnly, marked[i])) {
          at = putMark(view, at, nothing);
        } else {
          at = writer.put(view, at, column as NumberColumn, row);
        }
      }
      at = putMark(view, at, end);
    }
    return fits ? into.subarray(0, at) : bytesOf(view).slice(0, at);
  };
}

const encoder = new TextEncoder();

function recordsOf({ fields }: Sequence, { separator, lineEnd, ...style }: LineStyle): RecordStyle {
  return { ...style, before: fields.map((_, i) => (i === 0 ? '' : separator)), end: lineEnd };
}

function writerOf(type: Atomic['type'], given: NumberWriter | undefined): NumberWriter | undefined {
  return isNumberType(type) ? (given ?? new DigitWriter(type)) : undefined;
}

/** Bytes that a row takes at most besides its texts. Marks are written in words of four bytes. */
function fixedRoom(fields: readonly Atomic[], style: RecordStyle): number {
  const nothing = paddedLength(markOf(style.nothing ?? ''));
  return fields.reduce(
    (sum, { type }, i) =>
      sum +
      markOf(style.before[i] ?? '').length +
      Math.max(nothing, writerOf(type, style.writers?.[i])?.longest ?? 0),
    paddedLength(markOf(style.end)) + MARK_SLACK,
  );
}

/** Bytes behind a mark that writing it may touch. */
const MARK_SLACK = 4;

/** Whether a number is written as nothing: NaN, an infinity where none may be, or a missing number. */
function isNothing(
  column: NumberColumn,
  row: number,
  finiteOnly: boolean,
  isMarked: MissingNumber | undefined,
): boolean {
  const value = column[row]!;
  return finiteOnly && !Number.isFinite(value) ? true : Number.isNaN(value) || isMarked?.(value) === true;
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

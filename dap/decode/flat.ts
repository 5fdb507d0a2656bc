// Reads rows that consist of numbers only, column by column, as fast as possible (DAP2 draft, section 7.3.2.3).

import type { RowLayout } from '../model/layout.ts';
import { END_OF_INSTANCES, START_OF_INSTANCE } from '../model/layout.ts';
import type { Batch, NumberColumn } from '../model/value.ts';
import { newColumn } from '../model/value.ts';
import type { Sequence } from '../model/variable.ts';
import { describeBytes } from './error.ts';
import type { Input } from './input.ts';
import { getNumbers } from './numbers.ts';
import type { RowsReader } from './rows.ts';
import { expectedMark, readMark } from './rows.ts';

/** Rows that are read column after column before the next rows: few enough to stay in the cache of a core. */
const BLOCK = 1024;

/** Bytes of the mark before a row. */
const MARK = 4;

/**
 * Reads all complete rows that have come at once, column by column. Holds the beginning of an incomplete row, so that the next piece
 * can be read without a copy.
 */
export class FlatRowsReader implements RowsReader {
  readonly #sequence: Sequence;
  readonly #layout: RowLayout;
  readonly #onRows: (end: number) => void;
  readonly #row: Uint8Array;
  readonly #rowView: DataView;
  /** The held bytes of an incomplete row. */
  #held = 0;
  #batch: Batch | undefined;

  /** `onRows` is called with the offset in the response at which the last complete row ended. */
  constructor(sequence: Sequence, layout: RowLayout, onRows: (end: number) => void) {
    this.#sequence = sequence;
    this.#layout = layout;
    this.#onRows = onRows;
    this.#row = new Uint8Array(layout.stride);
    this.#rowView = new DataView(this.#row.buffer);
  }

  /** Reads all bytes that have come; the caller calls `take` before the next call. */
  read(input: Input): boolean {
    const { stride } = this.#layout;
    if (this.#held > 0) {
      if (!this.#hold(input, MARK)) return false;
      if (this.#rowView.getUint32(0) !== START_OF_INSTANCE) return this.#heldEnd(input);
      if (!this.#hold(input, stride)) return false;
    }
    const count = countRows(input, stride);
    if (count > 0 || this.#held > 0) {
      const at = input.take(count * stride);
      this.#batch = this.#readRows(input.view, at, count);
      this.#onRows(input.position);
    }
    // Any other mark is handled as soon as it has come.
    if (input.available >= MARK && !startsRow(input)) return readMark(input, this.#sequence.name) === false;
    this.#hold(input, stride);
    return false;
  }

  /** Takes bytes until it holds `size` bytes of a row; false while it holds fewer. */
  #hold(input: Input, size: number): boolean {
    const missing = Math.min(size - this.#held, input.available);
    if (missing > 0) this.#row.set(input.bytesAt(input.take(missing), missing), this.#held);
    this.#held += Math.max(0, missing);
    return this.#held >= size;
  }

  /** Handles a held mark that begins no row: true if it ends the Sequence. */
  #heldEnd(input: Input): boolean {
    this.#held = 0;
    if (this.#rowView.getUint32(0) === END_OF_INSTANCES) return true;
    const found = describeBytes(this.#row.subarray(0, MARK));
    throw input.unexpected(expectedMark(this.#sequence.name), input.take(0) - MARK, found);
  }

  take(): Batch | undefined {
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }

  /** The held row, if there is one, and `count` rows at the offset `at` of `view`. */
  #readRows(view: DataView, at: number, count: number): Batch {
    const { stride } = this.#layout;
    const before = this.#held > 0 ? 1 : 0;
    const length = before + count;
    // Plain loops, because `map` and `entries` cost a fifth of the time of such a batch.
    const columns: NumberColumn[] = [];
    for (const field of this.#sequence.fields) columns.push(newColumn(field, length) as NumberColumn);
    if (before > 0) this.#getRows(this.#rowView, 0, columns, 0, 1);
    this.#held = 0;
    const from = at - before * stride;
    for (let row = before; row < length; row += BLOCK)
      this.#getRows(view, from + row * stride, columns, row, Math.min(row + BLOCK, length));
    return { length, columns };
  }

  /** Reads rows at the offset `at` of `view` into the rows `from` to `to - 1` of the columns. */
  #getRows(view: DataView, at: number, columns: readonly NumberColumn[], from: number, to: number): void {
    const { stride, columns: layout } = this.#layout;
    for (let i = 0; i < columns.length; i++) {
      const { type, offset } = layout[i]!;
      getNumbers(type, view, at + offset, stride, columns[i]!, from, to);
    }
  }
}

function startsRow(input: Input): boolean {
  const bytes = input.peek();
  return bytes[0] === 0x5a && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
}

/** The number of complete rows, each with its mark, at the beginning of the unread bytes. */
function countRows(input: Input, stride: number): number {
  const bytes = input.peek();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - stride;
  let count = 0;
  for (let at = 0; at <= last && view.getUint32(at) === START_OF_INSTANCE; at += stride) count++;
  return count;
}

// How are rows of numbers alone read fast?

import type { RowLayout } from '../model/layout.ts';
import { START_OF_INSTANCE } from '../model/layout.ts';
import type { Batch, NumberColumn } from '../model/value.ts';
import { newColumn } from '../model/value.ts';
import type { Sequence } from '../model/variable.ts';
import type { Input } from './input.ts';
import { getNumbers } from './numbers.ts';
import type { RowsReader } from './rows.ts';
import { readMark } from './rows.ts';

/** Rows that are read column after column before the next ones: so many that they stay in a core's cache. */
const BLOCK = 1024;

/** Reads all the whole rows that have come at once, column by column. */
export class FlatRowsReader implements RowsReader {
  readonly #sequence: Sequence;
  readonly #layout: RowLayout;
  readonly #onRows: (end: number) => void;
  #batch: Batch | undefined;

  /** `onRows` is told at which offset in the response the last whole row ended. */
  constructor(sequence: Sequence, layout: RowLayout, onRows: (end: number) => void) {
    this.#sequence = sequence;
    this.#layout = layout;
    this.#onRows = onRows;
  }

  /** Reads on as far as the bytes go; `take` comes before the next call. */
  read(input: Input): boolean {
    const { stride } = this.#layout;
    const count = countRows(input, stride);
    if (count > 0) {
      const at = input.take(count * stride);
      this.#batch = this.#readRows(input.view, at, count);
      this.#onRows(input.position);
    }
    // A row's mark stays unread until the row is whole; any other mark is dealt with as soon as it is there.
    if (input.available < 4 || startsRow(input)) return false;
    return readMark(input, this.#sequence.name) === false;
  }

  take(): Batch | undefined {
    const batch = this.#batch;
    this.#batch = undefined;
    return batch;
  }

  #readRows(view: DataView, at: number, count: number): Batch {
    const { stride } = this.#layout;
    // Plain loops: `map` and `entries` cost a fifth of the time of such a batch.
    const columns: NumberColumn[] = [];
    for (const field of this.#sequence.fields) columns.push(newColumn(field, count) as NumberColumn);
    for (let row = 0; row < count; row += BLOCK) {
      const end = Math.min(row + BLOCK, count);
      for (let i = 0; i < columns.length; i++) {
        const { type, offset } = this.#layout.columns[i]!;
        getNumbers(type, view, at + row * stride + offset, stride, columns[i]!, row, end);
      }
    }
    return { length: count, columns };
  }
}

function startsRow(input: Input): boolean {
  const bytes = input.peek();
  return bytes[0] === 0x5a && bytes[1] === 0 && bytes[2] === 0 && bytes[3] === 0;
}

/** The number of whole rows, each with its mark, at the beginning of the unread bytes. */
function countRows(input: Input, stride: number): number {
  const bytes = input.peek();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - stride;
  let count = 0;
  for (let at = 0; at <= last && view.getUint32(at) === START_OF_INSTANCE; at += stride) count++;
  return count;
}

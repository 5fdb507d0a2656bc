// Reads the rows of a Sequence with columns of any type (DAP2 draft, section 7.3.2.3).

import { END_OF_INSTANCES, isNumberType, START_OF_INSTANCE } from '../model/layout.ts';
import type { Batch, Column, NumberColumn, Value } from '../model/value.ts';
import { newColumn } from '../model/value.ts';
import type { Sequence, Variable } from '../model/variable.ts';
import type { Input } from './input.ts';
import type { ValueReader } from './value-reader.ts';

/** Reads rows as they come, and continues an incomplete row with the next piece. */
export interface RowsReader {
  /** True once the end mark is read; false while bytes are missing. */
  read(input: Input): boolean;
  /** The complete rows since the last call, in new columns; undefined for none. */
  take(): Batch | undefined;
}

/** Reads the mark before a row: true for a row, false for the end of the Sequence, undefined while bytes are missing. */
export function readMark(input: Input, path: string): boolean | undefined {
  const at = input.take(4);
  if (at < 0) return undefined;
  const mark = input.view.getUint32(at);
  if (mark === START_OF_INSTANCE) return true;
  if (mark === END_OF_INSTANCES) return false;
  throw input.unexpected(expectedMark(path), at);
}

/** The text of `expected` for the mark before a row. */
export function expectedMark(path: string): string {
  return `a start-of-row (5A) or end-of-sequence (A5) marker of ${path}`;
}

/** Reads rows field by field. */
export class AnyRowsReader implements RowsReader {
  readonly #fields: readonly Variable[];
  readonly #readers: readonly ValueReader[];
  readonly #onRow: (end: number) => void;
  readonly #path: string;
  #rows = 0;
  #columns: Value[][];
  /** The values of the current row before `#field`, which is -1 before the row's mark. */
  readonly #row: Value[] = [];
  #field = -1;

  /**
   * `readers`: one for each field. `onRow` is called with the offset in the response at which each row ended. `path`: the dotted
   * name of the Sequence, for errors.
   */
  constructor(
    sequence: Sequence,
    readers: readonly ValueReader[],
    onRow: (end: number) => void,
    path: string,
  ) {
    this.#fields = sequence.fields;
    this.#readers = readers;
    this.#onRow = onRow;
    this.#path = path;
    this.#columns = readers.map(() => []);
  }

  read(input: Input): boolean {
    const readers = this.#readers;
    for (;;) {
      if (this.#field < 0) {
        const isRow = readMark(input, this.#path);
        if (isRow !== true) return isRow === false;
        this.#field = 0;
      }
      while (this.#field < readers.length) {
        const value = readers[this.#field]!.read(input);
        if (value === undefined) return false;
        this.#row[this.#field++] = value;
      }
      this.#onRow(input.position);
      for (let i = 0; i < readers.length; i++) this.#columns[i]!.push(this.#row[i]!);
      this.#rows += 1;
      this.#field = -1;
    }
  }

  take(): Batch | undefined {
    if (this.#rows === 0) return undefined;
    const batch = { length: this.#rows, columns: this.#fields.map((f, i) => columnOf(f, this.#columns[i]!)) };
    this.#rows = 0;
    this.#columns = this.#readers.map(() => []);
    return batch;
  }
}

function columnOf(field: Variable, values: Value[]): Column {
  if (!isNumberType(field.type)) return values;
  const column = newColumn(field, values.length) as NumberColumn;
  column.set(values as number[]);
  return column;
}

/** A batch without rows. */
export function emptyBatch(sequence: Sequence): Batch {
  return { length: 0, columns: sequence.fields.map(field => newColumn(field, 0)) };
}

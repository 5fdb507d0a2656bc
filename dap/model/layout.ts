// Declares the marks around the rows of a Sequence, and computes the layout of a row of numbers (DAP2 draft, section 7.3.2.3).

import { xdrSize } from './value.ts';
import type { NumberType, Sequence } from './variable.ts';
import { isAtomic } from './variable.ts';

/** The four bytes before each row, as one big-endian word: 5A and padding (DAP2 draft, section 7.3.2.3). */
export const START_OF_INSTANCE = 0x5a000000;

/** The four bytes after the last row, as one big-endian word: A5 and padding. */
export const END_OF_INSTANCES = 0xa5000000;

export function isNumberType(type: string): type is NumberType {
  return Object.hasOwn(RANGES, type);
}

/** The least and the greatest number that a type holds; the float types take any number. */
export const RANGES: Readonly<Record<NumberType, readonly [least: number, greatest: number]>> = {
  Byte: [0, 0xff],
  Int16: [-0x8000, 0x7fff],
  UInt16: [0, 0xffff],
  Int32: [-0x80000000, 0x7fffffff],
  UInt32: [0, 0xffffffff],
  Float32: [-Infinity, Infinity],
  Float64: [-Infinity, Infinity],
};

/** The layout of rows of a fixed size. */
export interface RowLayout {
  /** Bytes from the mark of a row to the mark of the next row. */
  readonly stride: number;
  readonly columns: readonly {
    readonly type: NumberType;
    /** Bytes from the mark of the row to the value of the column. */
    readonly offset: number;
  }[];
}

/** The layout of the rows of a flat Sequence of numbers; undefined for any other Sequence, whose rows vary in size. */
export function rowLayout(sequence: Sequence): RowLayout | undefined {
  const columns: { type: NumberType; offset: number }[] = [];
  let stride = 4;
  for (const field of sequence.fields) {
    if (!isAtomic(field) || !isNumberType(field.type)) return undefined;
    columns.push({ type: field.type, offset: stride });
    stride += xdrSize(field.type);
  }
  return { stride, columns };
}

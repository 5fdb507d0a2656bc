// Declares the values of DAP2 variables in memory: typed arrays for columns, positions instead of names for fields.

import type { AtomicType, NumberType, Variable } from './variable.ts';

export type NumberColumn =
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/**
 * The values of one field, one for each row: a typed array for a numeric atomic type, strings for String and Url, and a list of
 * values for a composed type.
 */
export type Column = NumberColumn | string[] | Value[];

/** Rows of a Sequence: `length` rows, in one column for each field, in the order of the fields. */
export interface Batch {
  readonly length: number;
  readonly columns: readonly Column[];
}

/**
 * The value of any variable: a number or string for an atomic variable; a typed array or strings, row-major, for an array of them;
 * a list of values for an array of composed variables; the list of the fields' values in their order for a Structure; the value of
 * the array, then the values of the maps for a Grid; a `Batch` for a Sequence.
 */
export type Value = number | string | NumberColumn | string[] | Value[] | Batch;

/** The bytes of an atomic value as XDR (DAP2 draft, section 7.3): 8 for Float64, 0 for types of varying length. */
export function xdrSize(type: AtomicType): 0 | 4 | 8 {
  if (type === 'Float64') return 8;
  return type === 'String' || type === 'Url' ? 0 : 4;
}

const NUMBER_COLUMNS = {
  Byte: Uint8Array,
  Int16: Int16Array,
  UInt16: Uint16Array,
  Int32: Int32Array,
  UInt32: Uint32Array,
  Float32: Float32Array,
  Float64: Float64Array,
} as const satisfies Record<NumberType, unknown>;

const isNumberType = (type: string): type is NumberType => Object.hasOwn(NUMBER_COLUMNS, type);

/** An empty column for `length` rows of `field`. */
export function newColumn({ type }: Variable, length: number): Column {
  return isNumberType(type) ? newNumberColumn(type, length) : new Array<Value>(length);
}

/**
 * Empty columns for `length` rows of `fields`. The numbers of all columns are in one memory: an allocation for each column would cost
 * more time than the hundred rows of 64 columns that fit into a buffer.
 */
export function newColumns(fields: readonly Variable[], length: number): Column[] {
  // Each number has the room of the longest one, so that every column begins at a multiple of its own size.
  const room = length * Float64Array.BYTES_PER_ELEMENT;
  const memory = new ArrayBuffer(fields.length * room);
  return fields.map(({ type }, index) =>
    isNumberType(type) ? new NUMBER_COLUMNS[type](memory, index * room, length) : new Array<Value>(length),
  );
}

/** An empty column for `length` numbers of this type. */
export function newNumberColumn(type: NumberType, length: number): NumberColumn {
  return new NUMBER_COLUMNS[type](length);
}

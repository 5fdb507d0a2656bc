// What values DAP2 variables take in memory: columns of typed arrays for rows, positions instead of names inside.

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
 * The values of one field, one a row: a typed array for the numeric atomic types, strings for String and Url, and
 * a list of values for anything composed.
 */
export type Column = NumberColumn | string[] | Value[];

/** Rows of a Sequence: `length` of them, in one column a field, in the order of the fields. */
export interface Batch {
  readonly length: number;
  readonly columns: readonly Column[];
}

/**
 * The value of any variable:
 * number or string for an atomic one; for an array of atomic ones a typed array or strings, row-major; for an array
 * of composed ones a list of values; for a Structure the list of its fields' values in their order; for a Grid the
 * array's value, then those of its maps; for a Sequence a `Batch`.
 */
export type Value = number | string | NumberColumn | string[] | Value[] | Batch;

/** Bytes an atomic value takes as XDR (DAP2 draft, section 7.3): 8 for Float64, 0 for those of varying length. */
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

/** An empty column for `length` rows of `field`. */
export function newColumn(field: Variable, length: number): Column {
  return Object.hasOwn(NUMBER_COLUMNS, field.type)
    ? newNumberColumn(field.type as NumberType, length)
    : new Array<Value>(length);
}

/** An empty column for `length` numbers of this type. */
export function newNumberColumn(type: NumberType, length: number): NumberColumn {
  return new NUMBER_COLUMNS[type](length);
}

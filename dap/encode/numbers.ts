// Writes numbers as XDR, one column at a time (DAP2 draft, section 7.3.1).

import { RANGES } from '../model/layout.ts';
import type { Column, NumberColumn, Value } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';

/**
 * Writes `column[from]` to `column[to - 1]`, big-endian, at `at`, `at + stride` and so on. The column is the typed array of `type`,
 * as `numberColumn` returns it. Byte, Int16 and UInt16 take four bytes each, sign- or zero-extended.
 */
export function putNumbers(
  type: NumberType,
  view: DataView,
  at: number,
  stride: number,
  column: NumberColumn,
  from: number,
  to: number,
): void {
  PUT[type](view, at, stride, column, from, to);
}

// One loop for each type: a loop over typed arrays of several classes runs at a fraction of the speed.
type Put = (v: DataView, at: number, stride: number, column: NumberColumn, from: number, to: number) => void;

const putBytes: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setUint32(place, column[i]!);
};

const putInt16s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setInt32(place, column[i]!);
};

const putUint16s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setUint32(place, column[i]!);
};

const putInt32s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setInt32(place, column[i]!);
};

const putUint32s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setUint32(place, column[i]!);
};

const putFloat32s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setFloat32(place, column[i]!);
};

const putFloat64s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setFloat64(place, column[i]!);
};

const PUT: Readonly<Record<NumberType, Put>> = {
  Byte: putBytes,
  Int16: putInt16s,
  UInt16: putUint16s,
  Int32: putInt32s,
  UInt32: putUint32s,
  Float32: putFloat32s,
  Float64: putFloat64s,
};

/** Writes one number within the range of `type`, as `checkedNumber` returns it. */
export function putNumber(type: NumberType, view: DataView, at: number, value: number): void {
  if (type === 'Float64') view.setFloat64(at, value);
  else if (type === 'Float32') view.setFloat32(at, value);
  else view.setUint32(at, value);
}

const TYPED_ARRAYS: Readonly<Record<NumberType, new (length: number) => NumberColumn>> = {
  Byte: Uint8Array,
  Int16: Int16Array,
  UInt16: Uint16Array,
  Int32: Int32Array,
  UInt32: Uint32Array,
  Float32: Float32Array,
  Float64: Float64Array,
};

/**
 * The values as the typed array of `type`: the same array if it has the type, else a copy with the checked values `from` to `to - 1`
 * at the same indices. Throws a `TypeError` that names the value of `name` that does not fit.
 */
export function numberColumn(
  type: NumberType,
  values: Column,
  from: number,
  to: number,
  name: string,
): NumberColumn {
  const TypedArray = TYPED_ARRAYS[type];
  if (values.constructor === TypedArray) return values as NumberColumn;
  const checked = new TypedArray(to);
  for (let i = from; i < to; i++) checked[i] = checkedNumber(type, values[i], `${name}[${i}]`);
  return checked;
}

/** The value as a number. Throws a `TypeError` if it is not a number within the range of `type`. */
export function checkedNumber(type: NumberType, value: Value | undefined, name: string): number {
  const [least, greatest] = RANGES[type];
  if (typeof value === 'number') {
    if (greatest === Infinity) return value;
    if (Number.isInteger(value) && value >= least && value <= greatest) return value;
  }
  const expected = greatest === Infinity ? 'a number' : `a whole number from ${least} to ${greatest}`;
  throw new TypeError(`${name}: expected ${expected} (${type}), found ${describeValue(value)}`);
}

/** A short description of a value, for a message. */
export function describeValue(value: unknown): string {
  if (typeof value === 'string')
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (ArrayBuffer.isView(value)) return `${value.constructor.name} of ${(value as NumberColumn).length}`;
  if (typeof value === 'object' && value !== null)
    return 'columns' in value ? 'a batch of rows' : 'an object';
  return String(value);
}

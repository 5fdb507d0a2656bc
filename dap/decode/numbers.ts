// Reads numbers from XDR, one column at a time (DAP2 draft, section 7.3.1).

import type { NumberColumn } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';

/**
 * Reads the numbers at `at`, `at + stride` and so on into `column[from]` to `column[to - 1]`. Of the four bytes of a Byte, Int16 or
 * UInt16 only the last one or two count: servers fill the others differently.
 */
export function getNumbers(
  type: NumberType,
  view: DataView,
  at: number,
  stride: number,
  column: NumberColumn,
  from: number,
  to: number,
): void {
  GET[type](view, at, stride, column, from, to);
}

// One loop for each type: a loop over typed arrays of several classes runs at a fraction of the speed.
type Get = (v: DataView, at: number, stride: number, column: NumberColumn, from: number, to: number) => void;

const getBytes: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at + 3; i < to; i++, place += stride) column[i] = view.getUint8(place);
};

const getInt16s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at + 2; i < to; i++, place += stride) column[i] = view.getInt16(place);
};

const getUint16s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at + 2; i < to; i++, place += stride) column[i] = view.getUint16(place);
};

const getInt32s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) column[i] = view.getInt32(place);
};

const getUint32s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) column[i] = view.getUint32(place);
};

const getFloat32s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) column[i] = view.getFloat32(place);
};

const getFloat64s: Get = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) column[i] = view.getFloat64(place);
};

const GET: Readonly<Record<NumberType, Get>> = {
  Byte: getBytes,
  Int16: getInt16s,
  UInt16: getUint16s,
  Int32: getInt32s,
  UInt32: getUint32s,
  Float32: getFloat32s,
  Float64: getFloat64s,
};

/** Reads one number by the same rules. */
export function getNumber(type: NumberType, view: DataView, at: number): number {
  switch (type) {
    case 'Byte':
      return view.getUint8(at + 3);
    case 'Int16':
      return view.getInt16(at + 2);
    case 'UInt16':
      return view.getUint16(at + 2);
    case 'Int32':
      return view.getInt32(at);
    case 'UInt32':
      return view.getUint32(at);
    case 'Float32':
      return view.getFloat32(at);
    case 'Float64':
      return view.getFloat64(at);
  }
}

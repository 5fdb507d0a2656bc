// Writes arrays of numbers piece by piece: as XDR (DAP2 draft, section 7.3.2), or as text.

import { encodeName } from '../model/names.ts';
import type { NumberColumn } from '../model/value.ts';
import { xdrSize } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';
import { DigitWriter, LONGEST_NUMBER } from './digits.ts';
import { putNumbers } from './numbers.ts';

/** Writes one array: the bytes before its values, the values in pieces of any size, the bytes behind them. One writer an array. */
export interface ArrayWriter {
  readonly head: Uint8Array;
  /** Bytes that a value takes at most. */
  readonly valueBytes: number;
  /** Writes values behind those of the call before, at `at`, where `valueBytes` are free for each; returns the offset after them. */
  put(view: DataView, at: number, values: NumberColumn): number;
  readonly tail: Uint8Array;
}

/** Writes an array of `length` numbers as XDR: its length twice, then the numbers; bytes are packed and padded to four. */
export function xdrArrayWriter(type: NumberType, length: number): ArrayWriter {
  const head = new Uint8Array(8);
  const view = new DataView(head.buffer);
  view.setUint32(0, length);
  view.setUint32(4, length);
  if (type === 'Byte') return { head, valueBytes: 1, put: putPacked, tail: new Uint8Array(-length & 3) };
  const size = xdrSize(type);
  return {
    head,
    valueBytes: size,
    put(into, at, values) {
      putNumbers(type, into, at, size, values, 0, values.length);
      return at + values.length * size;
    },
    tail: new Uint8Array(0),
  };
}

/** The bytes that `xdrArrayWriter` writes in all. */
export function xdrArraySize(type: NumberType, length: number): number {
  const { head, valueBytes, tail } = xdrArrayWriter(type, length);
  return head.length + length * valueBytes + tail.length;
}

/** Writes an array as two lines of text: `temperature[3]`, then its values as `decimal` does, and a blank line. */
export function textArrayWriter(type: NumberType, name: string, length: number): ArrayWriter {
  const digits = new DigitWriter(type);
  const encoder = new TextEncoder();
  let isFirst = true;
  return {
    head: encoder.encode(`${encodeName(name)}[${length}]\n`),
    valueBytes: SEPARATOR_BYTES + LONGEST_NUMBER,
    put(view, from, values) {
      let at = from;
      for (let index = 0; index < values.length; index += 1) {
        if (isFirst) isFirst = false;
        else {
          view.setUint16(at, SEPARATOR);
          at += SEPARATOR_BYTES;
        }
        at = digits.put(view, at, values, index);
      }
      return at;
    },
    tail: encoder.encode('\n\n'),
  };
}

/** `, ` */
const SEPARATOR = 0x2c20;
const SEPARATOR_BYTES = 2;

function putPacked(view: DataView, at: number, values: NumberColumn): number {
  new Uint8Array(view.buffer, view.byteOffset + at, values.length).set(values);
  return at + values.length;
}

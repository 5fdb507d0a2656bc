// Encodes rows as records of a netCDF file, column by column, as fast as possible.

import { numberColumn, putNumbers } from '../../../dap/encode/numbers.ts';
import type { NumberColumn } from '../../../dap/model/value.ts';
import type { NumberType } from '../../../dap/model/variable.ts';
import type { RowEncoder } from '../../../dap/protocol.ts';
import type { RecordLayout } from './header.ts';
import type { ColumnWriting } from './types.ts';

/** Rows that are written column after column before the next rows: few enough to stay in the cache of a core. */
const BLOCK = 1024;

/** A column of the file: the type of the rows that are given, how they are written, and what fills up a short number. */
export interface RecordColumn {
  readonly name: string;
  readonly type: NumberType;
  readonly writing: ColumnWriting;
  /** The missing value, with which netCDF fills the two bytes behind a short number. */
  readonly fill: number;
}

type Put = (
  view: DataView,
  at: number,
  stride: number,
  column: NumberColumn,
  from: number,
  to: number,
) => void;

/**
 * An encoder of rows whose columns are `columns`. The bytes are the beginning of `into` if they fit into it, else new memory.
 * @param layout of the netCDF types of the columns
 */
export function recordEncoder(columns: readonly RecordColumn[], layout: RecordLayout): RowEncoder {
  const { stride, offsets } = layout;
  const isFilled = columns.length > 1;
  const puts = columns.map(column => putOf(column, isFilled));
  return (batch, from = 0, to = batch.length, into) => {
    const bytes = (to - from) * stride;
    const out = into !== undefined && into.length >= bytes ? into.subarray(0, bytes) : new Uint8Array(bytes);
    const view = new DataView(out.buffer, out.byteOffset, bytes);
    const numbers = columns.map(({ name, type, writing }, index) =>
      writing.asWritten(numberColumn(type, batch.columns[index]!, from, to, name)),
    );
    for (let row = from, start = 0; row < to; row += BLOCK, start += BLOCK * stride) {
      const end = Math.min(row + BLOCK, to);
      for (const [index, put] of puts.entries())
        put(view, start + offsets[index]!, stride, numbers[index]!, row, end);
    }
    return out;
  };
}

function putOf({ writing: { type }, fill }: RecordColumn, isFilled: boolean): Put {
  switch (type) {
    case 'Byte':
      return filled(putShortsOfBytes, isFilled, fill);
    case 'Int16':
      return filled(putShorts, isFilled, fill);
    case 'UInt32':
      return putDoublesOfUint32s;
    default:
      // As in XDR, a number of 16 bits without a sign takes four bytes.
      return (view, at, stride, column, from, to) => putNumbers(type, view, at, stride, column, from, to);
  }
}

function filled(put: Put, isFilled: boolean, fill: number): Put {
  if (!isFilled) return put;
  return (view, at, stride, column, from, to) => {
    put(view, at, stride, column, from, to);
    for (let i = from, place = at + 2; i < to; i++, place += stride) view.setInt16(place, fill);
  };
}

// One loop for each type: a loop over typed arrays of several classes runs at a fraction of the speed.

const putShortsOfBytes: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setInt16(place, column[i]!);
};

const putShorts: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setInt16(place, column[i]!);
};

const putDoublesOfUint32s: Put = (view, at, stride, column, from, to) => {
  for (let i = from, place = at; i < to; i++, place += stride) view.setFloat64(place, column[i]!);
};

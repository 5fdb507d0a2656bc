// Chooses the netCDF type of each column and attribute: the smallest signed type that holds every number of the DAP2 type.

import type { NumberMeaning } from '../../../dap/model/meaning.ts';
import type { NumberColumn } from '../../../dap/model/value.ts';
import type { NumberType } from '../../../dap/model/variable.ts';
import type { NcRecordVariable } from './file.ts';

type NcColumnType = NcRecordVariable['type'];

/**
 * The classic formats have no unsigned types. Programs read the attribute `_Unsigned` in part (xarray, netCDF4-python) and
 * in part not (ncdump, NCO, CDO, R), so that the next larger type is the one in which all of them find the same numbers.
 */
export const NC_TYPES: Readonly<Record<NumberType, NcColumnType>> = {
  Byte: 'short',
  Int16: 'short',
  UInt16: 'int',
  Int32: 'int',
  UInt32: 'double',
  Float32: 'float',
  Float64: 'double',
};

/** The types of the same size with the other sign. */
const SIGNED: Partial<Record<NumberType, NumberType>> = { UInt16: 'Int16', UInt32: 'Int32' };
const UNSIGNED: Partial<Record<NumberType, NumberType>> = { Int16: 'UInt16', Int32: 'UInt32' };

/** How the numbers of a column are written. */
export interface ColumnWriting {
  /** The DAP2 type whose numbers the column holds, once its attributes gave them their sign. */
  readonly type: NumberType;
  readonly ncType: NcColumnType;
  /** The column's array, or a view or copy of it as an array of `type`, signed bytes as Int16. */
  readonly asWritten: (column: NumberColumn) => NumberColumn;
}

/** `_Unsigned`, or a valid range, may give a column the other sign than its type has. */
export function columnWriting(type: NumberType, { isSigned }: NumberMeaning): ColumnWriting {
  if (type === 'Byte' && isSigned) {
    return {
      type: 'Int16',
      ncType: 'short',
      asWritten: column => Int16Array.from(viewOf(Int8Array, column)),
    };
  }
  const other = (isSigned ? SIGNED : UNSIGNED)[type];
  const written = other ?? type;
  const asWritten = other === undefined ? asItIs : (column: NumberColumn) => viewOf(ARRAYS[other]!, column);
  return { type: written, ncType: NC_TYPES[written], asWritten };
}

const ARRAYS: Partial<Record<NumberType, ViewConstructor<NumberColumn>>> = {
  Int16: Int16Array,
  UInt16: Uint16Array,
  Int32: Int32Array,
  UInt32: Uint32Array,
};

type ViewConstructor<T> = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => T;

function viewOf<T>(View: ViewConstructor<T>, { buffer, byteOffset, length }: NumberColumn): T {
  return new View(buffer, byteOffset, length);
}

function asItIs(column: NumberColumn): NumberColumn {
  return column;
}

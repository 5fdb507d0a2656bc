// Maps the columns of a dataset to the columns of a Parquet file, and row times to whole microseconds.

import type { SchemaElement } from 'hyparquet';
import type { NumberColumn } from '../../../dap/protocol.ts';

/** The DAP2 types that a history stores. */
export const STORED_TYPES = ['Float64', 'Float32', 'Int32', 'UInt32', 'Int16', 'UInt16', 'Byte'] as const;

export type StoredType = (typeof STORED_TYPES)[number];

/** A column of a file: its DAP2 type and its name. The first one is the time: Float64, seconds since 1970. */
export interface FileColumn {
  readonly type: StoredType;
  readonly name: string;
  /** The unit and the packing of its numbers, as text; undefined if they are not known. */
  readonly quantity?: string;
  /** The number that stands for a missing value; undefined if it is not known. */
  readonly missing?: number;
}

/** A microsecond beyond this has no exact Float64, and a date beyond it has no name of four digits for its year. */
const LAST_SECOND = 253_402_300_800;

/** Whether a time comes back bit for bit from its whole microseconds, and lies in the years 1970 to 9999. */
export function isStorable(seconds: number): boolean {
  return (
    seconds >= 0 &&
    seconds < LAST_SECOND &&
    Math.round(seconds * 1e6) / 1e6 === seconds &&
    !Object.is(seconds, -0)
  );
}

/** @param times storable times, in seconds since 1970 */
export function microsecondsOf(times: Float64Array): BigInt64Array {
  const microseconds = new BigInt64Array(times.length);
  // Two halves of 32 bits, the lower one first, avoid a BigInt for each row.
  const halves = new Uint32Array(microseconds.buffer);
  for (let row = 0; row < times.length; row += 1) {
    const whole = Math.round(times[row]! * 1e6);
    halves[2 * row] = whole % 2 ** 32;
    halves[2 * row + 1] = whole / 2 ** 32;
  }
  return microseconds;
}

/** The inverse of `microsecondsOf`, from the bytes of 64-bit integers. */
export function secondsOfMicroseconds(
  bytes: ArrayBufferLike,
  byteOffset: number,
  length: number,
): Float64Array {
  const halves = new Uint32Array(bytes, byteOffset, 2 * length);
  const seconds = new Float64Array(length);
  for (let row = 0; row < length; row += 1) {
    seconds[row] = (halves[2 * row + 1]! * 2 ** 32 + halves[2 * row]!) / 1e6;
  }
  return seconds;
}

const PHYSICAL = {
  Float64: 'DOUBLE',
  Float32: 'FLOAT',
  Int32: 'INT32',
  UInt32: 'INT32',
  Int16: 'INT32',
  UInt16: 'INT32',
  Byte: 'INT32',
} as const satisfies Record<StoredType, string>;

const INTEGERS: Partial<Record<StoredType, { bitWidth: number; isSigned: boolean }>> = {
  UInt32: { bitWidth: 32, isSigned: false },
  Int16: { bitWidth: 16, isSigned: true },
  UInt16: { bitWidth: 16, isSigned: false },
  Byte: { bitWidth: 8, isSigned: false },
};

/** The schema of a file by its physical types alone, as its pages are written. */
export function physicalSchema(columns: readonly FileColumn[]): SchemaElement[] {
  return [
    { name: 'schema', num_children: columns.length },
    ...columns.map(
      ({ type, name }, index): SchemaElement => ({
        name,
        type: index === 0 ? 'INT64' : PHYSICAL[type],
        repetition_type: 'REQUIRED',
      }),
    ),
  ];
}

/** The schema of a file with the meaning of its numbers, as its footer says it. */
export function logicalSchema(columns: readonly FileColumn[]): SchemaElement[] {
  const [root, ...elements] = physicalSchema(columns);
  return [
    root!,
    ...elements.map((element, index): SchemaElement => {
      if (index === 0) {
        return {
          ...element,
          converted_type: 'TIMESTAMP_MICROS',
          logical_type: { type: 'TIMESTAMP', isAdjustedToUTC: true, unit: 'MICROS' },
        };
      }
      const integer = INTEGERS[columns[index]!.type];
      if (integer === undefined) return element;
      const { bitWidth, isSigned } = integer;
      // By the older name of the type alone: DuckDB cannot read the newer one as hyparquet-writer writes it.
      return { ...element, converted_type: `${isSigned ? 'INT' : 'UINT'}_${bitWidth}` as 'UINT_32' };
    }),
  ];
}

/** The numbers of a column as the pages of a file hold them. */
export function physicalValues(column: NumberColumn): Float64Array | Float32Array | Int32Array {
  if (column instanceof Float64Array || column instanceof Float32Array || column instanceof Int32Array)
    return column;
  return column instanceof Uint32Array
    ? new Int32Array(column.buffer, column.byteOffset, column.length)
    : Int32Array.from(column);
}

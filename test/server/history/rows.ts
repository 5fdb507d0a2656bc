// Makes random layouts and rows for the tests of the history, and compares rows bit for bit.

import fc from 'fast-check';
import type { Batch, NumberColumn } from '../../../dap/index.ts';
import type { FileColumn, StoredType } from '../../../server/history/parquet/file-columns.ts';

const NUMBERS: Record<StoredType, fc.Arbitrary<number>> = {
  Float64: fc.oneof(
    fc.constantFrom(0, -0, Number.NaN, Infinity, -Infinity, 5e-324, -5e-324, 1.7976931348623157e308, 0.1),
    fc.double(),
  ),
  Float32: fc.oneof(fc.constantFrom(0, -0, Number.NaN, Infinity, 1e-45, -1e-45), fc.float()),
  Int32: fc.oneof(fc.constantFrom(0, -1, -(2 ** 31), 2 ** 31 - 1), fc.integer()),
  UInt32: fc.oneof(fc.constantFrom(0, 2 ** 31, 2 ** 32 - 1), fc.nat()),
  Int16: fc.integer({ min: -32_768, max: 32_767 }),
  UInt16: fc.integer({ min: 0, max: 65_535 }),
  Byte: fc.integer({ min: 0, max: 255 }),
};

const KINDS = {
  Float64: Float64Array,
  Float32: Float32Array,
  Int32: Int32Array,
  UInt32: Uint32Array,
  Int16: Int16Array,
  UInt16: Uint16Array,
  Byte: Uint8Array,
};

export const TIME: FileColumn = { type: 'Float64', name: 'time' };

/** Up to a few columns of any types behind the time. */
export const layouts: fc.Arbitrary<readonly FileColumn[]> = fc
  .array(fc.constantFrom(...(Object.keys(KINDS) as StoredType[])), { maxLength: 7 })
  .map(types => [TIME, ...types.map((type, index) => ({ type, name: `c${index}` }))]);

/** Rows of whole microseconds after `from`, whose times increase. */
export function batches(
  columns: readonly FileColumn[],
  { from = 1_800_000_000, most = 40 }: { readonly from?: number; readonly most?: number } = {},
): fc.Arbitrary<Batch> {
  return fc.integer({ min: 1, max: most }).chain(length =>
    fc
      .tuple(
        fc.array(fc.constantFrom(1, 2, 999_999, 1_000_000, 1_000_001, 3_600_000_000), {
          minLength: length,
          maxLength: length,
        }),
        // A few different rows, so that long batches are made fast.
        ...columns.slice(1).map(({ type }) => fc.array(NUMBERS[type], { minLength: 1, maxLength: 12 })),
      )
      .map(([gaps, ...values]) => {
        let micros = Math.round(from * 1e6);
        const times = Float64Array.from(gaps, gap => {
          micros += gap;
          return micros / 1e6;
        });
        const others = values.map((some, index) =>
          KINDS[columns[index + 1]!.type].from(Array.from({ length }, (_, row) => some[row % some.length]!)),
        );
        return { length, columns: [times, ...others] };
      }),
  );
}

/** A batch in a form in which two are equal if all of their bits are; all NaN count as one. */
export function bitsOf({ length, columns }: Batch): unknown {
  return {
    length,
    columns: columns.map(column => {
      const values = column as NumberColumn;
      return {
        type: values.constructor.name,
        values: Array.from(values, value => (Object.is(value, -0) ? '-0' : value)),
      };
    }),
  };
}

// Makes datasets with their values: fast-check arbitraries.

import fc from 'fast-check';
import type { Batch, Column, NumberColumn, Value } from '../../../dap/model/value.ts';
import { newColumn } from '../../../dap/model/value.ts';
import type {
  ArrayVariable,
  Atomic,
  AtomicType,
  DapDataset,
  Grid,
  Sequence,
  Structure,
  Variable,
} from '../../../dap/model/variable.ts';
import { ATOMIC_TYPES } from '../../../dap/model/variable.ts';

const name = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,5}$/);
const size = fc.integer({ min: 0, max: 3 });

const atomic: fc.Arbitrary<Atomic> = fc.record({ type: fc.constantFrom(...ATOMIC_TYPES), name });

function arrayOf(element: fc.Arbitrary<ArrayVariable['element']>): fc.Arbitrary<ArrayVariable> {
  const dimensions = fc.array(fc.oneof(fc.record({ size }), fc.record({ name, size })), {
    minLength: 1,
    maxLength: 3,
  });
  return fc
    .tuple(element, dimensions)
    .map(([of, sizes]) => ({ type: 'Array', name: of.name, element: of, dimensions: sizes }));
}

const grid: fc.Arbitrary<Grid> = fc
  .tuple(name, arrayOf(atomic), fc.array(atomic, { minLength: 3, maxLength: 3 }))
  .map(([gridName, array, elements]) => ({
    type: 'Grid',
    name: gridName,
    array,
    maps: array.dimensions.map((dimension, i) => ({
      type: 'Array',
      name: elements[i]!.name,
      element: elements[i]!,
      dimensions: [dimension],
    })),
  }));

/** Any variable, at most three levels deep. */
const { variable } = fc.letrec<{
  variable: Variable;
  structure: Structure;
  sequence: Sequence;
  array: ArrayVariable;
}>(tie => ({
  variable: fc.oneof({ maxDepth: 3 }, atomic, tie('sequence'), tie('structure'), tie('array'), grid),
  structure: fc
    .tuple(name, fc.array(tie('variable'), { minLength: 1, maxLength: 4 }))
    .map(([structureName, fields]) => ({ type: 'Structure', name: structureName, fields })),
  sequence: fc
    .tuple(name, fc.array(tie('variable'), { maxLength: 4 }))
    .map(([sequenceName, fields]) => ({ type: 'Sequence', name: sequenceName, fields })),
  array: arrayOf(fc.oneof({ maxDepth: 3 }, atomic, tie('structure'), tie('sequence'), grid)),
}));

const NUMBERS: Readonly<Record<Exclude<AtomicType, 'String' | 'Url'>, fc.Arbitrary<number>>> = {
  Byte: fc.integer({ min: 0, max: 255 }),
  Int16: fc.integer({ min: -32768, max: 32767 }),
  UInt16: fc.integer({ min: 0, max: 65535 }),
  Int32: fc.integer(),
  UInt32: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  Float32: fc.float(),
  Float64: fc.double(),
};

const text = fc.string({ unit: 'grapheme', maxLength: 40 });

function anyValueOf(of: Variable): fc.Arbitrary<Value> {
  switch (of.type) {
    case 'String':
    case 'Url':
      return text;
    case 'Structure':
      return fc.tuple(...of.fields.map(anyValueOf));
    case 'Grid':
      return fc.tuple(...[of.array, ...of.maps].map(anyValueOf));
    case 'Sequence':
      return batchOf(of);
    case 'Array':
      return columnOf(
        of.element,
        of.dimensions.reduce((product, dimension) => product * dimension.size, 1),
      );
    default:
      return NUMBERS[of.type];
  }
}

function columnOf(of: Variable, length: number): fc.Arbitrary<Column> {
  return fc.array(anyValueOf(of), { minLength: length, maxLength: length }).map(values => {
    const column = newColumn(of, length);
    if (Array.isArray(column)) return values;
    column.set(values as number[]);
    return column as NumberColumn;
  });
}

/** Up to five rows of the Sequence. */
export function batchOf(sequence: Sequence): fc.Arbitrary<Batch> {
  return fc
    .integer({ min: 0, max: 5 })
    .chain(length =>
      fc
        .tuple(...sequence.fields.map(field => columnOf(field, length)))
        .map(columns => ({ length, columns })),
    );
}

/** A flat Sequence of numbers. */
export const flatSequence: fc.Arbitrary<Sequence> = fc
  .array(
    atomic.filter(({ type }) => type !== 'String' && type !== 'Url'),
    { maxLength: 6 },
  )
  .map(fields => ({ type: 'Sequence', name: 'sensor', fields }));

/** Any dataset, with a value for each of its variables. */
export const datasetWithValues: fc.Arbitrary<{ dataset: DapDataset; values: Value[] }> = fc
  .tuple(name, fc.array(fc.oneof(variable, flatSequence), { maxLength: 4 }))
  .chain(([datasetName, variables]) =>
    fc
      .tuple(...variables.map(anyValueOf))
      .map(values => ({ dataset: { name: datasetName, variables }, values: values as Value[] })),
  );

// Makes valid constraints on the stations, and rows of the stations: fast-check arbitraries.

import fc from 'fast-check';
import type { Constraint, Name, Operand, RowRange, Selection } from '../../../dap/constraint/index.ts';
import type { Batch } from '../../../dap/model/value.ts';
import { batchOf, type Row } from './stations.ts';

const numbers = ['time', 'temperature', 'voltage', 'count'];

export const rows: fc.Arbitrary<Row[]> = fc
  .array(
    fc.record({
      step: fc.constantFrom(0.25, 1, 3.5),
      temperature: fc.oneof(fc.integer({ min: -3, max: 12 }), fc.constantFrom(Number.NaN, 2.5)),
      voltage: fc.constantFrom(0.1, 3.3, 5, 7.25, Number.NaN).map(Math.fround),
      count: fc.integer({ min: 0, max: 12 }),
      state: fc.constantFrom('ok', 'failing', 'o', ''),
    }),
    { maxLength: 60 },
  )
  .map(list => {
    let time = 0;
    return list.map(({ step, ...rest }) => {
      time += step;
      return { time, ...rest };
    });
  });

/** The rows in batches of random lengths, empty ones among them. */
export function cut(list: readonly Row[], lengths: readonly number[]): Batch[] {
  const batches: Batch[] = [];
  let from = 0;
  for (let i = 0; from < list.length; i++) {
    const length = i < lengths.length ? lengths[i]! : list.length - from;
    batches.push(batchOf(list.slice(from, from + length)));
    from += length;
  }
  return batches;
}

export const lengths = fc.array(fc.nat(9), { maxLength: 20 });

function name(column: string, indices: readonly RowRange[] = []): Name {
  return {
    kind: 'name',
    steps: column.split('.').map((step, index) => ({ name: step, indices: index ? [] : indices })),
  };
}

const column = (names: readonly string[]): fc.Arbitrary<Operand> =>
  fc
    .tuple(fc.constantFrom(...names), fc.boolean())
    .map(([last, full]) => name(full ? `sensor.${last}` : last));

const number: fc.Arbitrary<Operand> = fc
  .oneof(
    fc.integer({ min: -1, max: 14 }),
    fc.constantFrom(0.1, 3.3, 2.5, 30, 60, Number.NaN, Infinity, -Infinity),
  )
  .map(value => ({ kind: 'number', value }));

const text: fc.Arbitrary<Operand> = fc
  .constantFrom('ok', 'o', '', 'zz')
  .map(value => ({ kind: 'text', value }));

function comparison(left: fc.Arbitrary<Operand>, right: fc.Arbitrary<Operand>, operators: readonly string[]) {
  return fc.record({
    kind: fc.constant('comparison' as const),
    left,
    operator: fc.constantFrom(...(operators as readonly '='[])),
    right: fc.oneof(
      { weight: 3, arbitrary: right },
      {
        weight: 1,
        arbitrary: fc.record({
          kind: fc.constant('list' as const),
          values: fc.array(right, { minLength: 1, maxLength: 4 }),
        }),
      },
    ),
  });
}

const ORDER = ['=', '!=', '<', '<=', '>', '>='];

/** A clause about time with a number alone; the commonest ones. */
export const timeClause: fc.Arbitrary<Selection> = comparison(column(['time']), number, ORDER.slice(2));

const clause: fc.Arbitrary<Selection> = fc.oneof(
  timeClause,
  comparison(column(numbers), number, ORDER),
  comparison(number, column(numbers), ORDER),
  comparison(column(numbers), fc.oneof(column(numbers), number), ORDER),
  comparison(fc.oneof(column(['state']), text), fc.oneof(column(['state']), text), ORDER),
);

const range: fc.Arbitrary<RowRange> = fc
  .record({
    start: fc.nat(12),
    stride: fc.integer({ min: 1, max: 5 }),
    length: fc.nat(25),
    endless: fc.boolean(),
  })
  .map(({ start, stride, length, endless }) => ({
    start,
    stride,
    stop: endless ? Infinity : start + length,
  }));

/** Constraints without a contradiction: every index chooses the same rows. */
export const request: fc.Arbitrary<Constraint> = fc
  .record({
    names: fc.array(fc.constantFrom('sensor', ...numbers, 'state', 'sensor.time', 'sensor.count'), {
      maxLength: 4,
    }),
    indices: fc.array(range, { maxLength: 1 }),
    selections: fc.array(clause, { maxLength: 3 }),
  })
  .map(({ names, indices, selections }) => ({
    projections: names.map(path => name(path, indices)),
    selections,
  }));

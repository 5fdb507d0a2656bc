// Generates random events of a history: rows, writes, restarts, reloads, faults of the disk and of the clock, and readers that come and pause.

import fc from 'fast-check';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import type { Damage } from './damage.ts';

export type HistoryStep =
  | { readonly kind: 'append'; readonly gaps: readonly number[]; readonly repeat: number }
  | { readonly kind: 'flush' | 'merge'; readonly isAwaited: boolean }
  | { readonly kind: 'restart'; readonly columns: readonly FileColumn[] }
  /** A reload, after which rows that could not be stored wait on. */
  | { readonly kind: 'reload'; readonly columns: readonly FileColumn[] }
  /** Of a process that writes no more, and of one whose folder cannot be opened at first. */
  | { readonly kind: 'kill' | 'start late' }
  | { readonly kind: 'read'; readonly most: number; readonly from: number; readonly isIncluded: boolean }
  | { readonly kind: 'pause' | 'go on'; readonly which: number }
  | { readonly kind: 'fail' | 'recover' | 'settle' }
  | { readonly kind: 'clock'; readonly state: Synchronized; readonly step: number }
  | { readonly kind: 'damage'; readonly which: number; readonly at: number; readonly how: Damage };

const GAPS = [0.125, 1, 1, 1, 1, 1, 1, 1, 600, 600, 20_000, 90_000];

const columns: fc.Arbitrary<readonly FileColumn[]> = fc
  .tuple(
    fc.shuffledSubarray(['a', 'b', 'c', 'd']),
    fc.array(fc.constantFrom('Float64' as const, 'Float32' as const, 'Int32' as const, 'UInt32' as const), {
      minLength: 4,
      maxLength: 4,
    }),
    fc.array(fc.constantFrom('K', 'K', 'K', 'hPa'), { minLength: 4, maxLength: 4 }),
  )
  .map(([names, types, units]) => [
    { type: 'Float64', name: 'time' },
    ...names.map((name, index) => ({ type: types[index]!, name, quantity: units[index]! })),
  ]);

const one = <K extends HistoryStep['kind']>(...kinds: readonly K[]) => fc.constantFrom(...kinds);

const plain: fc.WeightedArbitrary<HistoryStep>[] = [
  {
    weight: 20,
    arbitrary: fc.record({
      kind: one('append'),
      gaps: fc.array(fc.constantFrom(...GAPS), { minLength: 1, maxLength: 6 }),
      repeat: fc.constantFrom(1, 1, 1, 2, 3),
    }),
  },
  { weight: 12, arbitrary: fc.record({ kind: one('flush', 'merge'), isAwaited: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ kind: one('restart'), columns }) },
  {
    weight: 8,
    arbitrary: fc.record({
      kind: one('read'),
      most: fc.constantFrom(1, 7, 1000),
      from: fc.double({ min: -0.1, max: 1.1, noNaN: true }),
      isIncluded: fc.boolean(),
    }),
  },
  { weight: 6, arbitrary: fc.record({ kind: one('pause', 'go on'), which: fc.nat(9) }) },
  { weight: 6, arbitrary: fc.record({ kind: one('settle') }) },
];

const faults: fc.WeightedArbitrary<HistoryStep>[] = [
  { weight: 4, arbitrary: fc.record({ kind: one('reload'), columns }) },
  { weight: 3, arbitrary: fc.record({ kind: one('kill', 'start late') }) },
  { weight: 5, arbitrary: fc.record({ kind: one('fail', 'recover') }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: one('clock'),
      state: fc.constantFrom<Synchronized>('yes', 'no'),
      step: fc.constantFrom(0, 0, 10.5, 100_000),
    }),
  },
];

const damage: fc.WeightedArbitrary<HistoryStep>[] = [
  { weight: 2, arbitrary: fc.record({ kind: one('kill') }) },
  {
    weight: 6,
    arbitrary: fc.record({
      kind: one('damage'),
      which: fc.nat(99),
      at: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      how: fc.constantFrom<Damage>('flip', 'flip', 'cut', 'clear', 'delete'),
    }),
  },
];

export function steps(kind: 'plain' | 'faults' | 'damage'): fc.Arbitrary<HistoryStep[]> {
  const more = { plain: [], faults, damage }[kind];
  return fc.array(fc.oneof(...plain, ...more), { maxLength: 40, size: 'max' });
}

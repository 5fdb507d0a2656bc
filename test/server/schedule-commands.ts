// Generates random events of a server: rows that are appended, readers that come, stall and leave.

import fc from 'fast-check';
import { type Asking, asking } from './asking.ts';
import type { ConnectionOptions } from './scripted-connection.ts';

/** A row that is `gap` seconds after the one before. */
export interface RowSeed {
  readonly gap: number;
  readonly values: readonly number[];
}

export type Command =
  | { readonly kind: 'append'; readonly batches: readonly (readonly RowSeed[])[] }
  | {
      readonly kind: 'open';
      readonly asking: Asking;
      readonly options: ConnectionOptions;
      readonly protocol: 'HTTP/1.0' | 'HTTP/1.1';
      /** In a connection that is there, behind what was asked for in it before. */
      readonly behind: boolean;
    }
  | { readonly kind: 'stall' | 'take' | 'take one' | 'leave'; readonly which: number }
  /** No row is made for `seconds`. */
  | { readonly kind: 'quiet'; readonly seconds: number }
  /** Something happens to the rows on the disk, if there are some. */
  | { readonly kind: 'disk'; readonly event: DiskEvent }
  | { readonly kind: 'close' };

/** `flush beside` does not wait for the end of the write. */
export type DiskEvent = 'flush' | 'flush beside' | 'merge' | 'restart';

export interface Size {
  /** Rows of a batch at the most. */
  readonly batch: number;
  readonly commands: number;
  /** Seconds between rows. By default a second for the most part; the clock may also jump ahead, and rows be made in a hurry. */
  readonly gaps?: readonly number[];
}

const GAPS = [1, 1, 1, 1e-4, 0.0625, 7.3, 600, 90_000];

export function commands({ batch, commands, gaps = GAPS }: Size): fc.Arbitrary<Command[]> {
  const seed: fc.Arbitrary<RowSeed> = fc.record({
    gap: fc.constantFrom(...gaps),
    values: fc.tuple(
      fc.constantFrom(0, 0.25, 0.5, 0.75, 1e300, Number.NaN, Number.NEGATIVE_INFINITY),
      fc.constantFrom(-(2 ** 31), -1, 0, 1, 2 ** 31 - 1),
      fc.constantFrom(-1.5, 0, 0.75, 3, Number.NaN),
    ),
  });
  // Long batches repeat a few rows, so that they are made and shrunk fast.
  const rows = fc
    .tuple(fc.array(seed, { minLength: 1, maxLength: 8 }), fc.integer({ min: 1, max: batch }))
    .map(([seeds, count]) => Array.from({ length: count }, (_, row) => seeds[row % seeds.length]!));
  const one = fc.oneof(
    {
      weight: 24,
      arbitrary: fc.record({
        kind: fc.constant('append' as const),
        batches: fc.array(rows, { minLength: 1, maxLength: 4 }),
      }),
    },
    {
      weight: 16,
      arbitrary: fc.record({
        kind: fc.constant('open' as const),
        asking,
        options: fc.record({
          highWaterMark: fc.constantFrom(1, 300, 16_384, 16_384),
          taking: fc.constantFrom(true, true, false),
        }),
        protocol: fc.constantFrom('HTTP/1.0' as const, 'HTTP/1.1' as const),
        behind: fc.constantFrom(true, false, false, false),
      }),
    },
    {
      weight: 12,
      arbitrary: fc.record({
        kind: fc.constantFrom('stall' as const, 'take' as const, 'take one' as const, 'leave' as const),
        which: fc.nat(100),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('quiet' as const),
        seconds: fc.constantFrom(0.0005, 0.5, 10, 100),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({
        kind: fc.constant('disk' as const),
        event: fc.constantFrom<DiskEvent>('flush', 'flush beside', 'merge', 'restart'),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('close' as const) }) },
  );
  return fc.array(one, { maxLength: commands, size: 'max' });
}

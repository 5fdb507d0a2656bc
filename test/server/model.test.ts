import fc from 'fast-check';
import { describe, it } from 'vitest';
import { run, type World } from './schedule.ts';
import { commands } from './schedule-commands.ts';

const SCHEDULED = { kind: 'scheduled', interval: 1 } as const;
const PUSHED = { kind: 'pushed' } as const;

const small = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  bytes: fc.constant(1e9),
  age: fc.constantFrom(1e9, 1e9, 20, 3600),
});

/** Bounds under which a store grows, ring and all, and then turns; batches are longer than a piece for a socket. */
const large = fc.record({
  rows: fc.constantFrom(5000, 7000, 20_000),
  bytes: fc.constant(1e9),
  age: fc.constantFrom(1e9, 3600),
});

const inMemory = (delivery: World['delivery'], bounds: fc.Arbitrary<World['bounds']>): fc.Arbitrary<World> =>
  fc.record({ delivery: fc.constant(delivery), bounds, start: fc.constant(0), pause: fc.constant(1) });

/** A pushed source whose rows are for the most part loaded, behind a past that the store began with. */
const slow = (rows: number, failing: number): fc.Arbitrary<World> =>
  fc.record({
    delivery: fc.constant(PUSHED),
    bounds: fc.record({
      rows: fc.integer({ min: Math.ceil(rows / 4), max: rows }),
      bytes: fc.constant(1e9),
      age: fc.constantFrom(1e9, 1e9, 3600),
    }),
    start: fc.constantFrom(1, 1000, 2 ** 33 + 7),
    pause: fc.integer({ min: 1, max: 4 }),
    slow: fc.record({
      memory: fc.integer({ min: 1, max: Math.ceil(rows / 8) }),
      block: fc.integer({ min: 1, max: 9 }),
      turns: fc.integer({ min: 0, max: 5 }),
      failing: fc.constant(failing),
      seed: fc.nat(),
    }),
  });

/** A source whose rows are all on the disk, or on the way to it, behind a small memory. */
const onDisk = (rows: { readonly min: number; readonly max: number }): fc.Arbitrary<World> =>
  fc.record({
    delivery: fc.constantFrom(SCHEDULED, PUSHED),
    bounds: fc.constant({ rows: 1e9, bytes: 1e9, age: 1e12 }),
    start: fc.constant(0),
    pause: fc.integer({ min: 1, max: 4 }),
    history: fc.record({
      rows: fc.integer(rows),
      bytes: fc.constant(1e9),
      age: fc.constantFrom(1e9, 1e9, 20, 3600),
    }),
  });

// A failure is told before the test counts as hanging, though its shortest form is not found yet.
fc.configureGlobal({ interruptAfterTimeLimit: 150_000 });

describe('every reader gets exactly the rows that it asked for', () => {
  it('whatever rows come and whatever the readers do, with stores that forget soon', async () => {
    const world = inMemory(SCHEDULED, small);
    await fc.assert(fc.asyncProperty(commands({ batch: 12, commands: 40 }), world, run), { numRuns: 150 });
  });

  it('with rows by the thousand, while the store grows and turns', async () => {
    const world = inMemory(SCHEDULED, large);
    await fc.assert(fc.asyncProperty(commands({ batch: 6000, commands: 12 }), world, run), { numRuns: 15 });
  });

  it('of a source that pushes them', async () => {
    const world = inMemory(PUSHED, small);
    await fc.assert(fc.asyncProperty(commands({ batch: 12, commands: 40 }), world, run), { numRuns: 50 });
  });

  it('from a store that loads most of them, whenever they come', async () => {
    const size = { batch: 12, commands: 40 };
    await fc.assert(fc.asyncProperty(commands(size), slow(120, 0), run), { numRuns: 150 });
  });

  it('by the thousand from such a store', async () => {
    const size = { batch: 6000, commands: 10 };
    await fc.assert(fc.asyncProperty(commands(size), slow(30_000, 0), run), { numRuns: 10 });
  });

  it('from a history on disk, whenever it is written, merged or opened anew', async () => {
    const size = { batch: 12, commands: 40 };
    await fc.assert(fc.asyncProperty(commands(size), onDisk({ min: 1, max: 40 }), run), { numRuns: 60 });
  });

  it('by the thousand from a history on disk', async () => {
    // Each day has files of its own: rows by the thousand are to be of a few days.
    const size = { batch: 6000, commands: 10, gaps: [1, 1e-4, 0.0625, 7.3] };
    await fc.assert(fc.asyncProperty(commands(size), onDisk({ min: 1000, max: 9000 }), run), { numRuns: 10 });
  });

  it('up to where a load fails, and no end marker behind them', async () => {
    const size = { batch: 12, commands: 40 };
    await fc.assert(fc.asyncProperty(commands(size), slow(120, 8), run), { numRuns: 100 });
  });
});

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { commands, run } from './schedule.ts';

const small = fc.record({
  rows: fc.integer({ min: 1, max: 40 }),
  bytes: fc.constant(1e9),
  age: fc.constantFrom(1e9, 1e9, 20, 3600),
});

/** Bounds under which a log grows, ring and all, and then turns; batches are longer than a piece for a socket. */
const large = fc.record({
  rows: fc.constantFrom(5000, 7000, 20_000),
  bytes: fc.constant(1e9),
  age: fc.constantFrom(1e9, 3600),
});

describe('every reader gets exactly the rows that it asked for', () => {
  it('whatever rows come and whatever the readers do, with logs that forget soon', async () => {
    await fc.assert(fc.asyncProperty(commands({ batch: 12, commands: 40 }), small, run), { numRuns: 150 });
  });

  it('with rows by the thousand, while the log grows and turns', async () => {
    await fc.assert(fc.asyncProperty(commands({ batch: 6000, commands: 12 }), large, run), { numRuns: 15 });
  });
});

import fc from 'fast-check';
import { describe, it } from 'vitest';
import { HistoryModel, type ModelLimits } from './history-model.ts';
import { type HistoryStep, steps } from './history-steps.ts';

/** More of them: DAPBERRY_HISTORIES=5000 npx vitest run test/server/history/store-model.test.ts */
const { DAPBERRY_HISTORIES = '15' } = process.env;
const RUNS = Number(DAPBERRY_HISTORIES);

/** A busy machine tries fewer schedules; one that hangs fails. */
const BOUNDS = { numRuns: RUNS, timeout: 60_000, interruptAfterTimeLimit: 60_000 + 2000 * RUNS };

const TIMEOUT = { timeout: 2 * BOUNDS.interruptAfterTimeLimit };

async function run(schedule: readonly HistoryStep[], memory: number, limits: ModelLimits): Promise<void> {
  const model = await HistoryModel.start(memory, limits);
  try {
    for (const step of schedule) await model.take(step);
    await model.finish();
  } finally {
    await model.remove();
  }
}

const UNLIMITED: ModelLimits = { keep: 1e12, size: 1e15 };
const memories = fc.oneof(fc.integer({ min: 1, max: 60 }), fc.constant(1000));

describe('a history gives each reader the rows that were kept, and no other values', () => {
  it('while it is written, merged, and opened anew with other columns', TIMEOUT, async () => {
    await fc.assert(
      fc.asyncProperty(steps('plain'), memories, (schedule, memory) => run(schedule, memory, UNLIMITED)),
      BOUNDS,
    );
  });

  it('while its server is killed, its clock is set, and its disk fails or comes late', TIMEOUT, async () => {
    await fc.assert(
      fc.asyncProperty(steps('faults'), memories, (schedule, memory) => run(schedule, memory, UNLIMITED)),
      BOUNDS,
    );
  });

  it('while old days are deleted by age and size, and files are damaged', TIMEOUT, async () => {
    const limits = fc.record({
      keep: fc.constantFrom(1e12, 86_400, 3 * 86_400),
      size: fc.constantFrom(1e15, 4000, 20_000),
    });
    await fc.assert(fc.asyncProperty(steps('damage'), memories, limits, run), BOUNDS);
  });
});

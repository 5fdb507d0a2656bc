import { describe, expect, it } from 'vitest';
import { daysUntilFull, type HistoryPlan } from '../../../server/cli/history-plan.ts';

/** A dataset whose files have `present` bytes, take `dayBytes` more each day, and stop at `full`. */
function plan(present: number, dayBytes: number, full: number): HistoryPlan {
  return { present, dayBytes, full, isMeasured: true, days: full / dayBytes, limit: 'size' };
}

const days = (free: number | undefined, ...plans: readonly HistoryPlan[]) =>
  daysUntilFull({ freeSpace: async () => free }, '/', plans);

describe('the days until a disk is full', () => {
  it('count what each dataset takes a day', async () => {
    expect(await days(1000, plan(0, 100, 5000))).toBe(10);
    expect(await days(1000, plan(0, 100, 5000), plan(700, 300, 9000))).toBe(2.5);
  });

  it('are unknown where the limits are met before, and where the room is', async () => {
    expect(await days(1000, plan(4500, 100, 5000))).toBeUndefined();
    expect(await days(undefined, plan(0, 100, 5000))).toBeUndefined();
  });

  it('do not count a dataset that has reached its limit: its oldest days make room for the new ones', async () => {
    expect(await days(500, plan(90_000, 1000, 90_000), plan(0, 1, 600))).toBe(500);
    // A limit that was lowered frees what is above it.
    expect(await days(500, plan(90_000, 1000, 80_000), plan(0, 1, 600))).toBe(500);
  });

  it('count a dataset up to the day on which it reaches its limit', async () => {
    // 400 bytes in two days for both, and then 100 bytes a day for the second alone.
    expect(await days(1000, plan(0, 100, 200), plan(0, 100, 5000))).toBe(8);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Schedule } from '../../../device/sampling/schedule.ts';

describe('the schedule of rows', () => {
  it('lays its slots on whole multiples of the interval in wall time', () => {
    const schedule = new Schedule(10);
    schedule.align(500, 1_800_000_003);
    expect(schedule.due).toBe(507);
    schedule.taken();
    expect(schedule.due).toBe(517);
  });

  it('leaves out the multiple that would come less than half an interval after the first row', () => {
    const schedule = new Schedule(10);
    schedule.align(500, 1_800_000_007);
    expect(schedule.due).toBe(513);
  });

  it.each([
    [10, 1_800_000_009.6, 0.4],
    [10, 1_800_000_009.4, 0],
    [10, 1_800_000_000, 0],
    [1, 1_800_000_000.75, 0.25],
    [1, 1_800_000_000.25, 0],
    [0.1, 1_800_000_000.08, 0.02],
  ])('lets a first row wait for a slot that is near: interval %d at %d', (interval, wall, wait) => {
    expect(new Schedule(interval).firstWait(wall)).toBeCloseTo(wait, 5);
  });

  it('does not drift over a million slots', () => {
    const schedule = new Schedule(0.1);
    schedule.align(0, 1_800_000_000);
    for (let slot = 1; slot < 1_000_000; slot++) schedule.taken();
    expect(schedule.due).toBeCloseTo(100_000, 4);
  });

  it('takes a slot that comes a little late, and skips and counts those that are past', () => {
    const schedule = new Schedule(1);
    schedule.align(100, 1_800_000_000);
    expect(schedule.skipMissed(101.4)).toBe(0);
    expect(schedule.due).toBe(101);
    expect(schedule.skipMissed(104.7)).toBe(4);
    expect(schedule.due).toBe(105);
  });

  it('never has slots closer together than half an interval, whenever the rows leave', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 1e6, noNaN: true }),
        fc.array(fc.double({ min: 0, max: 5, noNaN: true }), { minLength: 1, maxLength: 50 }),
        (wall, delays) => {
          const schedule = new Schedule(1);
          let now = 1000;
          let last = now;
          schedule.align(now, wall);
          for (const delay of delays) {
            now += delay;
            schedule.skipMissed(now);
            now = Math.max(now, schedule.due);
            expect(now - last).toBeGreaterThanOrEqual(0.5 - 1e-6);
            last = now;
            schedule.taken();
          }
        },
      ),
    );
  });
});

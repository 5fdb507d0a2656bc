import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../../device/host/clock.ts';
import { type ClockStep, RowTimes } from '../../../device/sampling/row-times.ts';
import { FakeClock } from '../fake-clock.ts';

function fixture(wall?: number) {
  const clock = new FakeClock(wall);
  const steps: ClockStep[] = [];
  const times = new RowTimes(clock, step => steps.push(step));
  return { clock, steps, times };
}

describe('the time of a row', () => {
  it('is the system clock, in whole microseconds that differ from row to row', () => {
    const times = new RowTimes(systemClock, () => expect.unreachable('no one sets the clock'));
    const stamps = Array.from({ length: 5000 }, () => times.stamp().time);
    const now = Date.now() / 1000;
    expect(Math.abs(stamps.at(-1)! - now)).toBeLessThan(0.1);
    for (const [index, time] of stamps.entries()) {
      expect(Math.round(time * 1e6) / 1e6).toBe(time);
      if (index > 0) expect(time).toBeGreaterThan(stamps[index - 1]!);
    }
    const fractions = new Set(stamps.map(time => Math.round(time * 1e6) % 1000));
    expect(fractions.size).toBeGreaterThan(100);
  });

  it('distinguishes moments within one millisecond of the system clock', () => {
    const { clock, times } = fixture();
    for (let look = 0; look < 200; look++) {
      clock.pass(0.00137);
      times.stamp();
    }
    const first = times.stamp().time;
    clock.pass(0.0002);
    expect(times.stamp().time - first).toBeCloseTo(0.0002, 5);
  });

  it('settles on the true time although the system clock counts milliseconds', () => {
    const { clock, times } = fixture(1_800_000_000.0007);
    const started = clock.monotonic();
    for (let look = 0; look < 500; look++) {
      clock.pass(1.000_37);
      times.stamp();
    }
    const truth = 1_800_000_000.0007 + clock.monotonic() - started;
    expect(Math.abs(times.stamp().time - truth)).toBeLessThan(20e-6);
  });

  it('goes on from the last row of an earlier process at half speed until a clock that is behind has caught up', () => {
    const { clock, steps, times } = fixture();
    const last = Math.round(clock.wall() * 1e6) / 1e6 + 30;
    times.follow(last);
    const first = times.stamp().time;
    expect(first).toBeGreaterThan(last);
    expect(first).toBeLessThan(last + 0.001);
    expect(steps).toEqual([{ time: first, seconds: -30, ahead: expect.closeTo(30, 2) }]);
    clock.pass(10);
    expect(times.stamp().time).toBeCloseTo(last + 5, 3);
    clock.pass(60);
    expect(times.stamp().time).toBeCloseTo(clock.wall(), 2);
    expect(times.ahead).toBe(0);
    expect(steps).toHaveLength(1);
  });

  it('is the system clock if that is more than an hour behind the last row of an earlier process, or after it', () => {
    for (const last of [3601, -1]) {
      const { clock, steps, times } = fixture();
      times.follow(clock.wall() + last);
      expect(times.stamp().time).toBeCloseTo(clock.wall(), 2);
      expect(steps).toEqual([]);
    }
  });

  it('is later than the last row of an earlier process if the clock is set back before the first row', () => {
    const { clock, steps, times } = fixture();
    const last = clock.wall() - 0.1;
    times.follow(last);
    clock.pass(0.2);
    clock.set(-1.5);
    const first = times.stamp().time;
    expect(first).toBeCloseTo(last + 0.1, 3);
    expect(steps).toEqual([{ time: first, seconds: expect.closeTo(-1.5, 2), ahead: expect.closeTo(1.3, 2) }]);
  });

  it('follows a step forward at once, and reports it', () => {
    const { clock, steps, times } = fixture();
    const before = times.stamp().time;
    clock.pass(1);
    clock.set(3600);
    const after = times.stamp().time;
    expect(after - before).toBeCloseTo(3601, 2);
    expect(steps).toHaveLength(1);
    expect(steps[0]!.seconds).toBeCloseTo(3600, 2);
    expect(steps[0]!.ahead).toBe(0);
    expect(steps[0]!.time).toBe(after);
    expect(times.steps).toBe(1);
  });

  it('goes on at half speed after a step back of an hour, until the clock has caught up two hours later', () => {
    const { clock, steps, times } = fixture();
    const before = times.stamp().time;
    clock.set(-3600);
    clock.pass(1);
    const after = times.stamp().time;
    expect(after - before).toBeCloseTo(0.5, 2);
    expect(steps).toHaveLength(1);
    expect(steps[0]!.seconds).toBeCloseTo(-3600, 2);
    expect(steps[0]!.ahead).toBeCloseTo(3599.5, 1);

    clock.pass(3600);
    expect(times.stamp().time - after).toBeCloseTo(1800, 1);
    expect(times.ahead).toBeCloseTo(1799.5, 1);

    clock.pass(3600);
    times.stamp();
    clock.pass(10);
    const end = times.stamp();
    expect(times.ahead).toBe(0);
    expect(end.time).toBeCloseTo(clock.wall(), 2);
    expect(steps).toHaveLength(1);
  });

  it('does not report slow drift between the clocks as a step', () => {
    const { clock, steps, times } = fixture();
    for (let second = 0; second < 1000; second++) {
      clock.pass(1);
      clock.set(0.0005);
      times.stamp();
    }
    expect(steps).toEqual([]);
    expect(times.stamp().time).toBeCloseTo(clock.wall(), 2);
  });

  it('increases strictly whatever happens to the clock', () => {
    const happening = fc.record({
      pass: fc.double({ min: 0, max: 100, noNaN: true }),
      set: fc.oneof(fc.constant(0), fc.double({ min: -1e5, max: 1e5, noNaN: true })),
    });
    fc.assert(
      fc.property(fc.array(happening, { minLength: 2, maxLength: 60 }), happenings => {
        const { clock, times } = fixture();
        let last = times.stamp().time;
        for (const { pass, set } of happenings) {
          clock.pass(pass);
          clock.set(set);
          const { time } = times.stamp();
          expect(time).toBeGreaterThan(last);
          last = time;
        }
      }),
    );
  });
});

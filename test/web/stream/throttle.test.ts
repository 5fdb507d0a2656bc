import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../../web/stream/server-clock.ts';
import { RowThrottle } from '../../../web/stream/throttle.ts';

const START = 1_795_000_000_000;

/** Reads rows as fast as they are due from a server that makes them as fast as it is asked; when each was due. */
function readAll(throttle: RowThrottle, times: readonly number[]): number[] {
  let browser = 0;
  return times.map(time => {
    for (;;) {
      const wait = throttle.wait(time, browser);
      if (wait === 0) return browser;
      browser += Math.min(wait, 500);
    }
  });
}

function everySecond(from: number, count: number): number[] {
  return Array.from({ length: count }, (_, index) => from + index * 1000);
}

describe('rows of a live server', () => {
  it('are always due, early or late', () => {
    const throttle = new RowThrottle(new ServerClock());
    const jitter = [0, 300, 20, 700, 5, 0, 450];
    for (const [index, delay] of jitter.entries()) {
      expect(throttle.wait(START + index * 1000, index * 1000 + delay)).toBe(0);
    }
  });

  it('are due after the clock was set forward, by a little or a lot', () => {
    for (const step of [5000, 86_400_000]) {
      const throttle = new RowThrottle(new ServerClock(), { server: START + 1000, browser: 0 });
      for (let second = 0; second < 100; second++) {
        const time = START + second * 1000 + (second < 80 ? 0 : step);
        expect(throttle.wait(time, second * 1000)).toBe(0);
      }
    }
  });

  it('are due when a slow network held them up, and the clock is then known as well as ever', () => {
    const clock = new ServerClock();
    const throttle = new RowThrottle(clock, { server: START + 600_000, browser: 0 });
    // Ten minutes of the past take half a minute; what was made meanwhile comes right after.
    for (const time of everySecond(START, 600)) expect(throttle.wait(time, 30_000)).toBe(0);
    for (const time of everySecond(START + 600_000, 31)) expect(throttle.wait(time, 30_000)).toBe(0);
    expect(clock.now(30_001)! - (START + 630_001)).toBeCloseTo(0, -2);
  });
});

describe('rows that are made as fast as they are read', () => {
  it('come at once as far as they are of the past, then one a second', () => {
    const known = { server: START + 60_000, browser: 0 };
    const due = readAll(new RowThrottle(new ServerClock(), known), everySecond(START, 200));
    expect(due.slice(0, 61)).toEqual(Array.from({ length: 61 }, () => 0));
    expect(due.at(-1)).toBeGreaterThan(136_000);
    expect(due.at(-1)).toBeLessThan(140_000);
  });

  it.each([10, 100, 1000, 7000])('%d ms apart keep real time, however long one reads', gap => {
    const times = Array.from({ length: 1000 }, (_, index) => START + index * gap);
    const due = readAll(new RowThrottle(new ServerClock(), { server: START, browser: 0 }), times);
    expect(Math.abs(due.at(-1)! - 999 * gap)).toBeLessThan(2500);
  });

  it('fill a chart at once where nothing is known of the clock', () => {
    const due = readAll(new RowThrottle(new ServerClock()), everySecond(START, 5130));
    expect(due[4999]).toBe(0);
    expect(due.at(-1)).toBeGreaterThan(125_000);
  });
});

it('passes a row without a time on', () => {
  const throttle = new RowThrottle(new ServerClock());
  expect(throttle.wait(Number.NaN, 0)).toBe(0);
  expect(throttle.wait(START, 0)).toBe(0);
});

import { describe, expect, it } from 'vitest';
import { ServerClock } from '../../../web/stream/server-clock.ts';

/** A server whose clock reads this much more than the browser's. */
const AHEAD = 5_000_000;

describe('the time at the server', () => {
  it('is not known before the first row', () => {
    expect(new ServerClock().now(7)).toBeUndefined();
  });

  it('is judged by the row that was under way for the shortest time', () => {
    const clock = new ServerClock();
    const delays = [300, 120, 20, 250, 90];
    let browser = 0;
    for (const delay of delays) {
      browser += 1000;
      clock.observe(browser + AHEAD - delay, browser);
    }
    // By then it has glided there.
    browser += 20_000;
    clock.now(browser);
    expect(clock.now(browser)).toBeCloseTo(browser + AHEAD - 20, 6);
  });

  it('never goes back while it is put right', () => {
    const clock = new ServerClock();
    clock.observe(AHEAD, 0);
    let before = clock.now(0)!;
    for (let browser = 16; browser < 400_000; browser += 16) {
      // A clock that runs slow, read through delays that vary.
      if (browser % 1024 === 0) clock.observe(AHEAD + browser * 0.9995 - ((browser * 7) % 200), browser);
      const now = clock.now(browser)!;
      expect(now).toBeGreaterThan(before);
      before = now;
    }
    expect(Math.abs(before - (AHEAD + 400_000 * 0.9995))).toBeLessThan(300);
  });

  it('follows a clock that was set at once', () => {
    const clock = new ServerClock();
    clock.observe(0, 0);
    clock.now(0);
    clock.observe(3_600_000, 1000);
    expect(clock.now(1000)).toBe(3_600_000);
  });

  it('begins anew after a reset', () => {
    const clock = new ServerClock();
    clock.observe(AHEAD, 0);
    clock.reset();
    expect(clock.now(0)).toBeUndefined();
    clock.observe(10, 1000);
    expect(clock.now(1000)).toBe(10);
  });
});

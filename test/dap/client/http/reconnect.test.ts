import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { backOff, completeRetry, pause, retryAfter } from '../../../../dap/client/http/reconnect.ts';

const retry = completeRetry({});
const never = new AbortController().signal;

describe('the back-off', () => {
  it('doubles the longest wait with every attempt, up to the cap', () => {
    const longest = [1, 2, 3, 4, 5, 6, 7, 8, 2000].map(attempt => backOff(attempt, retry, () => 1));
    expect(longest).toEqual([0.5, 1, 2, 4, 8, 16, 30, 30, 30]);
  });

  it('spreads waits evenly over the whole span: full jitter', () => {
    const whole = fc.record({
      attempt: fc.integer({ min: 1, max: 5000 }),
      random: fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      base: fc.double({ min: 0, max: 100, noNaN: true }),
      cap: fc.double({ min: 0, max: 100, noNaN: true }),
    });
    fc.assert(
      fc.property(whole, ({ attempt, random, base, cap }) => {
        const span = backOff(attempt, { base, cap, attempts: 1 }, () => 1);
        expect(span).toBeLessThanOrEqual(cap);
        expect(backOff(attempt, { base, cap, attempts: 1 }, () => random)).toBeCloseTo(random * span, 9);
      }),
    );
  });

  it.each([{ base: -1 }, { cap: Number.NaN }, { attempts: -1 }])('refuses %o', wrong => {
    expect(() => completeRetry(wrong)).toThrow(RangeError);
  });
});

describe('Retry-After', () => {
  const now = Date.parse('2026-08-01T12:00:00Z');
  it.each([
    [{}, undefined],
    [{ 'retry-after': '7' }, 7],
    [{ 'retry-after': ' 0 ' }, 0],
    [{ 'retry-after': 'Sat, 01 Aug 2026 12:00:09 GMT' }, 9],
    [{ 'retry-after': 'Sat, 01 Aug 2026 11:00:00 GMT' }, 0],
    [{ 'retry-after': 'soon' }, undefined],
    [{ 'retry-after': '99999999999999999999' }, 3600],
    [{ 'retry-after': 'Sat, 01 Aug 2126 12:00:00 GMT' }, 3600],
  ])('of %o is %s seconds', (headers, expected) => {
    expect(retryAfter(new Headers(headers as Record<string, string>), now)).toBe(expected);
  });

  it('as a date is compared with the Date of the same response', () => {
    const headers = new Headers({
      date: 'Thu, 01 Jan 1970 00:00:10 GMT',
      'retry-after': 'Thu, 01 Jan 1970 00:00:15 GMT',
    });
    expect(retryAfter(headers, now)).toBe(5);
  });
});

describe('a wait', () => {
  it('ends by itself', async () => {
    expect(await pause(0.001, never)).toBe(false);
  });

  it('ends at once when it is woken', async () => {
    const wake = new EventTarget();
    const waiting = pause(3600, never, wake);
    wake.dispatchEvent(new Event('wake'));
    expect(await waiting).toBe(true);
  });

  it('rejects at once with the reason of an abort, before or during the wait', async () => {
    const controller = new AbortController();
    const reason = new Error('enough');
    const waiting = pause(3600, controller.signal);
    controller.abort(reason);
    await expect(waiting).rejects.toBe(reason);
    await expect(pause(3600, controller.signal)).rejects.toBe(reason);
  });

  it('of a century does not end at once', async () => {
    const wake = new EventTarget();
    const waiting = pause(3e9, never, wake);
    let ended = false;
    void waiting.then(() => {
      ended = true;
    });
    await pause(0.05, never);
    expect(ended).toBe(false);
    wake.dispatchEvent(new Event('wake'));
    await waiting;
  });
});

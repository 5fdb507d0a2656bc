import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readFunction } from '../../../../dap/constraint/thinning/function.ts';
import { type Interval, nearestBeginning, spanAt } from '../../../../dap/constraint/thinning/interval.ts';

function intervalOf(text: string): Interval {
  const call = { kind: 'call', name: 'bucket', args: [{ kind: 'text', value: `time/${text}` }] } as const;
  const read = readFunction(call, (expected, found) => {
    throw new Error(`expected ${expected}, found ${found}`);
  });
  if (read.name === 'orderBy') throw new Error('no interval');
  return read.interval;
}

const seconds = (iso: string): number => Date.parse(iso) / 1000;

describe('the interval that a time lies in', () => {
  it.each([
    ['60', 125, 120, 180],
    ['60', 120, 120, 180],
    ['60', 179.999, 120, 180],
    ['60', -1, -60, 0],
    ['60:30', 125, 90, 150],
    ['60:30', 20, -30, 30],
    ['60:-30', 20, -30, 30],
    ['86400:3600', 3599, -82_800, 3600],
    ['1minute', 125, 120, 180],
    ['10 minutes', 700, 600, 1200],
    ['1.5hours', 5401, 5400, 10_800],
    ['500ms', 1.6, 1.5, 2],
    ['1e3', 1234, 1000, 2000],
    ['1week', 8 * 86_400, 7 * 86_400, 14 * 86_400],
  ])('time/%s: %d is from %d to before %d', (text, time, start, end) => {
    expect(spanAt(intervalOf(text), time)).toEqual({ start, end });
  });

  it.each([
    ['1day', '2026-11-21T10:00:00Z', '2026-11-21T00:00:00Z', '2026-11-22T00:00:00Z'],
    ['1month', '2026-02-28T23:59:59Z', '2026-02-01T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['3months', '2026-11-21T10:00:00Z', '2026-10-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['6months', '2026-07-01T00:00:00Z', '2026-07-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['1year', '2026-11-21T10:00:00Z', '2026-01-01T00:00:00Z', '2027-01-01T00:00:00Z'],
    ['10years', '2026-11-21T10:00:00Z', '2020-01-01T00:00:00Z', '2030-01-01T00:00:00Z'],
    ['1month', '1969-12-31T00:00:00Z', '1969-12-01T00:00:00Z', '1970-01-01T00:00:00Z'],
    ['1year', '0050-06-01T00:00:00Z', '0050-01-01T00:00:00Z', '0051-01-01T00:00:00Z'],
  ])('time/%s: %s is from %s to before %s', (text, time, start, end) => {
    expect(spanAt(intervalOf(text), seconds(time))).toEqual({ start: seconds(start), end: seconds(end) });
  });

  it('holds every time once, also where its length is a fraction', () => {
    const width = fc.oneof(
      fc.constantFrom(0.1, 0.3, 0.001, 1 / 3, 60, 86_400),
      fc.double({ min: 0.001, max: 1e6, noNaN: true }),
    );
    const time = fc.double({ min: -1e10, max: 1e10, noNaN: true });
    fc.assert(
      fc.property(width, fc.double({ min: -1e6, max: 1e6, noNaN: true }), time, (width, offset, time) => {
        const interval: Interval = { kind: 'seconds', width, offset };
        const { start, end } = spanAt(interval, time);
        expect(start).toBeLessThanOrEqual(time);
        expect(time).toBeLessThan(end);
        expect(spanAt(interval, start)).toEqual({ start, end });
        expect(spanAt(interval, end).start).toBe(end);
      }),
      { numRuns: 4000 },
    );
  });
});

describe('the beginning of an interval that is nearest to a time', () => {
  it.each([
    ['60', 29, 0],
    ['60', 31, 60],
    ['60', 30, 0],
    ['60', 90, 120],
    ['60', 150, 120],
    ['60', -30, 0],
    ['60', -90, -120],
  ])('time/%s: %d is nearest to %d, from the middle to the even multiple', (text, time, at) => {
    expect(nearestBeginning(intervalOf(text), time).at).toBe(at);
  });

  it.each([
    ['1month', '2026-02-14T00:00:00Z', '2026-02-01T00:00:00Z'],
    ['1month', '2026-02-15T00:00:00Z', '2026-03-01T00:00:00Z'],
    ['1year', '2026-07-02T12:00:00Z', '2027-01-01T00:00:00Z'],
  ])('time/%s: %s is nearest to %s, from the middle to the later one', (text, time, at) => {
    expect(nearestBeginning(intervalOf(text), seconds(time)).at).toBe(seconds(at));
  });

  it('is the same in the whole window that comes with it, and another one outside', () => {
    const interval = fc.constantFrom('60', '0.3', '1day', '1month', '3months', '1year').map(intervalOf);
    const time = fc.oneof(
      fc.integer({ min: -1e7, max: 1e9 }),
      fc.double({ min: -1e9, max: 1e9, noNaN: true }),
    );
    fc.assert(
      fc.property(interval, time, (interval, time) => {
        const { at, window } = nearestBeginning(interval, time);
        const { low, lowInclusive, high, highInclusive } = window;
        expect(low <= time && time <= high).toBe(true);
        expect(nearestBeginning(interval, low).at === at).toBe(lowInclusive);
        expect(nearestBeginning(interval, high).at === at).toBe(highInclusive);
      }),
      { numRuns: 4000 },
    );
  });
});

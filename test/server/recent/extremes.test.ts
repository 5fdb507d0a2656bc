import fc from 'fast-check';
import { expect, it } from 'vitest';
import { IntervalExtremes } from '../../../server/recent/extremes.ts';

it('gives the extremes of the newest intervals, whatever the order and the gaps of their values', () => {
  const value = fc.record({
    interval: fc.integer({ min: 0, max: 40 }),
    column: fc.integer({ min: 0, max: 1 }),
    value: fc.integer({ min: -9, max: 9 }),
  });
  fc.assert(
    fc.property(fc.array(value), values => {
      const sorted = values.toSorted((a, b) => a.interval - b.interval);
      const kept = new IntervalExtremes(60, 8, 2);
      for (const { interval, column, value } of sorted)
        kept.add(interval, column, { least: value, greatest: value });
      const last = sorted.at(-1)?.interval ?? 0;
      for (const column of [0, 1]) {
        const own = sorted.filter(each => each.column === column && each.interval > last - 8);
        const numbers = own.map(each => each.value);
        expect(kept.within(0, last, column)).toEqual(
          own.length === 0 ? undefined : { least: Math.min(...numbers), greatest: Math.max(...numbers) },
        );
        const newest = own.filter(each => each.interval === last).map(each => each.value);
        expect(kept.at(last, column)?.least).toBe(newest.length === 0 ? undefined : Math.min(...newest));
      }
    }),
  );
});

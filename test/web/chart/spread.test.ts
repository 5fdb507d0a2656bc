import fc from 'fast-check';
import { expect, it } from 'vitest';
import { spread } from '../../../web/chart/spread.ts';

it('leaves labels where they want to be if they have room', () => {
  expect(spread([50, undefined, 10], 15, 100)).toEqual([50, undefined, 10]);
});

it('moves labels apart and back into the chart', () => {
  expect(spread([50, 50, 52], 10, 100)).toEqual([50, 60, 70]);
  expect(spread([99, 100, -5], 10, 100)).toEqual([90, 100, 0]);
});

it('keeps every label inside and none over another, as far as they fit', () => {
  const wanted = fc.array(fc.double({ min: -50, max: 250, noNaN: true }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(wanted, places => {
      const spreadOut = (spread(places, 15, 200) as number[]).toSorted((a, b) => a - b);
      const gap = Math.min(15, 200 / Math.max(1, places.length - 1));
      for (const [index, at] of spreadOut.entries()) {
        expect(at).toBeGreaterThanOrEqual(-1e-9);
        expect(at).toBeLessThanOrEqual(200 + 1e-9);
        if (index > 0) expect(at - spreadOut[index - 1]!).toBeGreaterThanOrEqual(gap - 1e-6);
      }
    }),
  );
});

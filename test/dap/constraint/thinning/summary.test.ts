import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberSummary } from '../../../../dap/index.ts';
import { missingTest } from '../../../../dap/model/meaning.ts';

const summaryOf = (values: readonly number[]) => {
  const summary = new NumberSummary(missingTest());
  summary.add(Float64Array.from(values), 0, values.length);
  return summary;
};

/** A summary of the summaries of some pieces of the values. */
function joined(pieces: readonly (readonly number[])[]): NumberSummary {
  const parts = pieces.map(summaryOf);
  const column = (numbers: number[]) => Float64Array.from(numbers);
  const whole = new NumberSummary(missingTest());
  whole.addSummaries(
    {
      counts: column(parts.map(({ count }) => count)),
      least: column(parts.map(({ min }) => min)),
      means: column(parts.map(({ mean }) => mean)),
      greatest: column(parts.map(({ max }) => max)),
      rests: column(parts.map(({ rest }) => rest)),
    },
    0,
    parts.length,
  );
  return whole;
}

/** Steps of a sensor, also around a large offset that another piece takes away again. */
const VALUE = fc.oneof(
  fc.integer({ min: -40_000, max: 85_000 }).map(value => value / 1000),
  fc.integer({ min: -40_000, max: 85_000 }).map(value => 1e9 + value / 1000),
  fc.integer({ min: -40_000, max: 85_000 }).map(value => value / 1000 - 1e9),
  fc.constantFrom(Number.NaN, 0, -0),
);

describe('a summary of summaries', () => {
  it('has the bits of that of all values', () => {
    fc.assert(
      fc.property(fc.array(fc.array(VALUE, { maxLength: 80 }), { maxLength: 20 }), pieces => {
        const [whole, parts] = [summaryOf(pieces.flat()), joined(pieces)];
        for (const measure of ['count', 'min', 'mean', 'max'] as const)
          expect([measure, parts[measure]]).toEqual([measure, whole[measure]]);
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the mean of values that cancel each other', () => {
    const pieces = [[1e15, 0.1], [-1e15, 0.2], [0.3]];
    expect(joined(pieces).mean).toBe(summaryOf(pieces.flat()).mean);
    expect(joined(pieces).mean).toBeCloseTo(0.12, 3);
  });

  it('has infinite values as their rows do', () => {
    for (const pieces of [
      [[1, Infinity], [2]],
      [[-Infinity], [1], [Infinity]],
      [[], [Number.NaN]],
      [[1.7e308, 1.7e308], [1]],
    ]) {
      const [whole, parts] = [summaryOf(pieces.flat()), joined(pieces)];
      expect([parts.count, parts.min, parts.mean, parts.max]).toEqual([
        whole.count,
        whole.min,
        whole.mean,
        whole.max,
      ]);
    }
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { encodeConstraint, printConstraint } from '../../../../dap/constraint/index.ts';
import { cut, lengths, rows } from '../requests.ts';
import { naive } from './naive.ts';
import { planOf, read } from './reading.ts';
import { thinned } from './requests.ts';

describe('a stream of result rows', () => {
  it('equals the result of its function over all rows at once, in batches of any sizes', () => {
    fc.assert(
      fc.property(thinned, rows, lengths, ({ asked, constraint }, list, cuts) => {
        const given = read(planOf(encodeConstraint(constraint)), cut(list, cuts));
        const expected = naive(constraint, asked, list);
        expect(rounded(given), printConstraint(constraint)).toEqual(rounded(expected));
      }),
      { numRuns: 3000 },
    );
  });

  it('has the same bits however the rows are cut into batches', () => {
    fc.assert(
      fc.property(thinned, rows, lengths, ({ constraint }, list, cuts) => {
        const plan = planOf(encodeConstraint(constraint));
        expect(read(plan, cut(list, cuts))).toEqual(read(plan, cut(list, [])));
      }),
      { numRuns: 1000 },
    );
  });
});

/** A mean's last digit depends on the order of the additions. */
function rounded(list: readonly (readonly unknown[])[]): unknown[][] {
  return list.map(row =>
    row.map(value => (typeof value === 'number' ? Number(value.toPrecision(12)) : value)),
  );
}

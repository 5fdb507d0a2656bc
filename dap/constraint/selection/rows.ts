// Which rows of a Sequence an index asks for, where several indices have to agree.

import type { Constraint, Projection, RowRange } from '../text/expression.ts';
import { printRange } from '../text/print.ts';
import { errorAt } from '../text/source.ts';

/**
 * The rows that the projections of `constraint` ask for; undefined where they ask for all. An index on the Sequence and
 * one on any of its columns mean the same, rows of the Sequence, counted after selection; where there are several they
 * must choose the same rows, and a name without an index goes with the others.
 *
 * `stop` is the last row that is chosen, or Infinity. Throws a `ConstraintError` where indices contradict each other or
 * have more than the one dimension that rows have.
 */
export function rowRangeOf(constraint: Constraint): RowRange | undefined {
  let agreed: RowRange | undefined;
  for (const range of constraint.projections.flatMap(item => indicesOf(item, constraint))) {
    const exact = { ...range, stop: lastRow(range) };
    agreed ??= exact;
    if (agreed.start !== exact.start || agreed.stop !== exact.stop || !sameStride(agreed, exact)) {
      const expected = `${printRange(agreed)}, as before: all indices mean rows of the one Sequence`;
      throw errorAt(constraint, range, expected, printRange(range));
    }
  }
  const everyRow = agreed?.start === 0 && agreed.stride === 1 && agreed.stop === Number.POSITIVE_INFINITY;
  return everyRow ? undefined : agreed;
}

/** The stride of a single row does not matter. */
function sameStride(a: RowRange, b: RowRange): boolean {
  return a.stride === b.stride || a.start === a.stop;
}

function indicesOf(item: Projection, constraint: Constraint): RowRange[] {
  if (item.kind === 'call') return [];
  return item.steps.flatMap(({ indices }) => {
    const [range, other] = indices;
    if (other !== undefined) {
      throw errorAt(constraint, other, 'one index, for the rows are one dimension', 'another');
    }
    return range ?? [];
  });
}

/** How many rows `range` chooses of a Sequence that is long enough; Infinity for an open end. */
export function rowCount(range: RowRange): number {
  const { start, stride } = range;
  return (lastRow(range) - start) / stride + 1;
}

/** The last row that the strides from `start` reach; Infinity for an open end. */
export function lastRow({ start, stride, stop }: RowRange): number {
  if (stop > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  return start + Math.floor((stop - start) / stride) * stride;
}

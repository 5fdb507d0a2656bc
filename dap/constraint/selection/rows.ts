// Computes the row range of a constraint from the indices of its projections, which have to agree.

import type { Constraint, Projection, RowRange } from '../text/expression.ts';
import { printRange } from '../text/print.ts';
import { errorAt } from '../text/source.ts';

/**
 * The row range of the projections of `constraint`; undefined for all rows. An index on the Sequence and an index on one of its columns
 * mean the same: rows of the Sequence, counted after selection. Several indices must select the same rows; names without an index
 * follow the others.
 *
 * `stop` is the last selected row, or Infinity. Throws a `ConstraintError` if indices contradict each other, or if a name has more
 * than one index, since rows have one dimension.
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

/** True for equal strides, and for a single row, whose stride has no effect. */
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

/** The number of rows that `range` selects of a Sequence that is long enough; Infinity for an open end. */
export function rowCount(range: RowRange): number {
  const { start, stride } = range;
  return (lastRow(range) - start) / stride + 1;
}

/** The last row that the strides from `start` reach; Infinity for an open end. */
export function lastRow({ start, stride, stop }: RowRange): number {
  if (stop > Number.MAX_SAFE_INTEGER) return Number.POSITIVE_INFINITY;
  return start + Math.floor((stop - start) / stride) * stride;
}

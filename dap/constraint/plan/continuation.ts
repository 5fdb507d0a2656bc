// Computes where a Sequence continues after the last row: behind that row, or at a function's next interval.

import { meansSame } from '../selection/names.ts';
import type { Call, Constraint, RowRange } from '../text/expression.ts';
import { readFunction, type ThinningFunction } from '../thinning/function.ts';
import { groupAt, rowsOfGroup } from '../thinning/group.ts';

export interface Continuation {
  /** True if no row is left. */
  readonly isNothingLeft: boolean;
  /** The lower bound on time; undefined if the bounds of the constraint suffice. */
  readonly after: { readonly operator: '>' | '>='; readonly time: number } | undefined;
  /** True if the lower bounds of the constraint still apply. */
  readonly keepsBounds: boolean;
  /** The number of result rows from there on that have come already. */
  readonly skip: number;
}

export const NOTHING_LEFT: Continuation = {
  isNothingLeft: true,
  after: undefined,
  keepsBounds: false,
  skip: 0,
};

/** The last row, by its time, and the number of rows that had come with it. */
interface LastRow {
  /** The dotted name of the time column. */
  readonly time: string;
  /** The time of the last row. */
  readonly last: number;
  /** The rows that have come, including the last one. */
  readonly rowsSeen: number;
}

export function continuationAfter(
  constraint: Constraint,
  range: RowRange | undefined,
  { time, last, rowsSeen }: LastRow,
): Continuation {
  const begin: Continuation = { isNothingLeft: false, after: undefined, keepsBounds: true, skip: 0 };
  const thinner = thinnerOf(constraint, time);
  if (thinner === undefined) return { ...begin, keepsBounds: false, after: { operator: '>', time: last } };
  if (rowsSeen === 0) return begin;
  const { low, lowInclusive, high, highInclusive } = groupAt(thinner, last);
  const size = rowsOfGroup(thinner);
  const skip = size === undefined ? 0 : rowsPassed(range, rowsSeen) % size;
  if (size === undefined || skip > 0) {
    if (!Number.isFinite(low)) return { ...begin, skip };
    return { ...begin, skip, after: { operator: lowInclusive ? '>=' : '>', time: low } };
  }
  if (!Number.isFinite(high)) return NOTHING_LEFT;
  return { ...begin, keepsBounds: false, after: { operator: highInclusive ? '>' : '>=', time: high } };
}

/** The number of rows before selection by `range`, up to the last of the `rowsSeen` rows that `range` selected. */
export function rowsPassed(range: RowRange | undefined, rowsSeen: number): number {
  return range === undefined ? rowsSeen : range.start + (rowsSeen - 1) * range.stride + 1;
}

/**
 * False if a function gives rows whose times do not increase: then a row that is older than one that has come can still be new.
 */
export function timesIncrease({ selections }: Constraint): boolean {
  return !selections.some(
    selection => selection.kind === 'call' && readCall(selection)?.name === 'orderByMinMax',
  );
}

/** The known function that thins the rows out by the column `time` (a dotted name); undefined without one. */
function thinnerOf({ selections }: Constraint, time: string): ThinningFunction | undefined {
  const read = selections.flatMap(selection =>
    selection.kind === 'call' ? (readCall(selection) ?? []) : [],
  );
  return read.find(thinner => meansSame(thinner.time, time));
}

/** The function that `call` names; undefined for a function of other servers. */
function readCall(call: Call): ThinningFunction | undefined {
  try {
    const read = readFunction(call, (expected, found) => {
      throw new RangeError(`expected ${expected}, found ${found}`);
    });
    return read.name === 'orderBy' ? undefined : read;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

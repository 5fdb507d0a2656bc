// Where the rest of a Sequence begins, after the row that came last: behind it, or where a function's next interval begins.

import { meansSame } from '../selection/names.ts';
import type { Call, Constraint, RowRange } from '../text/expression.ts';
import { readFunction, type ThinningFunction } from '../thinning/function.ts';
import { groupAt, rowsOfGroup } from '../thinning/group.ts';

export interface Continuation {
  /** Nothing is left. */
  readonly isNothingLeft: boolean;
  /** Where in time; undefined where the constraint says that itself. */
  readonly after: { readonly operator: '>' | '>='; readonly time: number } | undefined;
  /** The lower bounds on time that there were hold yet. */
  readonly keepsBounds: boolean;
  /** How many result rows from there on have come already. */
  readonly skip: number;
}

export const NOTHING_LEFT: Continuation = {
  isNothingLeft: true,
  after: undefined,
  keepsBounds: false,
  skip: 0,
};

/** The last row that came: its time, and how many rows of `range` had come with it. */
interface LastRow {
  /** The dotted name of the time column. */
  readonly time: string;
  readonly last: number;
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

/** How many rows there were up to the last of the `rowsSeen` that `range` chose of them. */
export function rowsPassed(range: RowRange | undefined, rowsSeen: number): number {
  return range === undefined ? rowsSeen : range.start + (rowsSeen - 1) * range.stride + 1;
}

/**
 * False where a function gives rows whose times do not increase from each to the next: then a row that is older than one that
 * has come can yet be a new one.
 */
export function timesIncrease({ selections }: Constraint): boolean {
  return !selections.some(
    selection => selection.kind === 'call' && readCall(selection)?.name === 'orderByMinMax',
  );
}

/** The function that thins the rows out by the column `time` (a dotted name), if it is one of those known here. */
function thinnerOf({ selections }: Constraint, time: string): ThinningFunction | undefined {
  const read = selections.flatMap(selection =>
    selection.kind === 'call' ? (readCall(selection) ?? []) : [],
  );
  return read.find(thinner => meansSame(thinner.time, time));
}

/** Undefined for a call that only another server understands. */
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

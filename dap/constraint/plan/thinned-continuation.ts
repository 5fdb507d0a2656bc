// Computes where a Sequence continues that a function may thin out: behind the last row, or at the function's next interval.

import { meansSame } from '../selection/names.ts';
import type { Call, Constraint, RowRange } from '../text/expression.ts';
import { readFunction, type ThinningFunction } from '../thinning/function.ts';
import { groupAt, rowsOfGroup } from '../thinning/group.ts';
import {
  type Continuation,
  type Continuations,
  NOTHING_LEFT,
  type ResumePlace,
  ROW_BY_ROW,
  rowsPassed,
} from './continuation.ts';

function continuationAfter(
  constraint: Constraint,
  range: RowRange | undefined,
  { time, last, rowsSeen }: ResumePlace,
): Continuation {
  const begin: Continuation = { isNothingLeft: false, after: undefined, keepsBounds: true, skip: 0 };
  const thinner = thinnerOf(constraint, time);
  if (thinner === undefined) return ROW_BY_ROW.after(constraint, range, { time, last, rowsSeen });
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

/** Those of any constraint. */
export const THINNED: Continuations = { after: continuationAfter, timesIncrease };

// The constraint that asks for the rest of a Sequence after its connection broke.

import { type TimeUnits, UNIX_SECONDS } from '../../model/time-units.ts';
import { lastRow, rowCount, rowRangeOf } from '../selection/rows.ts';
import { fixed, nameOf, timeClause, timeComparison, windowOf } from '../selection/time-clauses.ts';
import type { Constraint, Projection, RowRange, Selection } from '../text/expression.ts';
import { type Continuation, continuationAfter, NOTHING_LEFT, rowsPassed } from './continuation.ts';

export interface ResumeOptions {
  /** The dotted name of the time column, `sensor.time`. */
  readonly time: string;
  /** The time of the last row that has come, in the column's units. */
  readonly last: number;
  /** The units of the time column: seconds since 1970 by default. */
  readonly units?: TimeUnits;
  /**
   * How many rows of the time `last` have come. Where it is given, and the constraint `canRepeatLast`, the rows of that time are
   * asked for again (`time>=last`), so that none is lost where several rows have one time.
   */
  readonly lastCount?: number;
  /** How many rows have come since `constraint` was first asked for, over all connections. */
  readonly rowsSeen: number;
  /** When it was first asked for, in seconds since 1970: what its `now` goes on to mean. */
  readonly now?: number;
}

/**
 * The constraint that gives exactly the rows that `constraint` would have gone on to give, where time increases strictly
 * and the server still has the rows.
 *
 * - The clause `time>last` is added at the end, in the digits that read back as the same number. Lower bounds on time that
 *   it implies are left out, so that they do not pile up: once a row has come, all of them, for that row met them; before
 *   that, numbers up to `last`. Bounds that compare with a column stay.
 * - Where a function thins the rows out, `last` stands for a whole interval, and the clause says where the next one begins. Is
 *   there more to come of the same one, as after the first of the two rows of orderByMinMax, the clause says where that one began,
 *   the lower bounds stay, and an index leaves out what has come. Of orderByLimit it cannot: up to its number of rows, those with
 *   times up to `last`, come again.
 * - A row range counts rows after selection, and now the count begins behind `last`: after n rows of `[start:stride:stop]`
 *   the rest is `[stride-1:stride:stop-start-(n-1)*stride-1]`, in the place of each index that there was.
 * - Where `now` is given, times become numbers of seconds; without it, `time<now+1hour` is an hour from the new request.
 * - Where the row range was full already, the result chooses no row (`time>last` and `time<=last`): an expression cannot say
 *   so otherwise.
 * - Where `lastCount` is given and the constraint `canRepeatLast`, the clause is `time>=last`, and a row range is longer by as many
 *   rows.
 *
 * Throws a `RangeError` where `last` is not finite or `rowsSeen` no count of rows, and a `ConstraintError` where the indices
 * of `constraint` contradict each other.
 */
export function resumeAfter(constraint: Constraint, options: ResumeOptions): Constraint {
  const { time, last, rowsSeen, now, units = UNIX_SECONDS } = options;
  if (!Number.isFinite(last)) throw new RangeError(`Expected the time of the last row, found ${last}`);
  if (!Number.isSafeInteger(rowsSeen) || rowsSeen < 0) {
    throw new RangeError(`Expected a number of rows, found ${rowsSeen}`);
  }
  const range = rowRangeOf(constraint);
  const isFull = range !== undefined && rowsSeen >= rowCount(range);
  const place = isFull ? NOTHING_LEFT : continuationAfter(constraint, range, options);
  const repeated = isFull || !canRepeatLast(constraint, rowsSeen) ? 0 : (options.lastCount ?? 0);
  const after = repeated > 0 ? ({ operator: '>=', time: last } as const) : place.after;
  const kept = constraint.selections.filter(selection => place.keepsBounds || !isImplied(selection, options));
  return {
    projections: projectionsFrom(place, constraint, range, { ...options, repeated }),
    selections: [
      ...(now === undefined ? kept : kept.map(selection => fixed(selection, time, now, units))),
      ...(after === undefined ? [] : [timeClause(time, after.operator, after.time)]),
      ...(place.isNothingLeft ? [timeClause(time, '>', last), timeClause(time, '<=', last)] : []),
    ],
  };
}

/**
 * True where a request can ask for the rows of the last time again: no function decides which rows there are, and a row range
 * takes every row. (Its stride, or the rows that it passes over at first, would be counted from another row where the server
 * does not have those of the last time any more.)
 */
export function canRepeatLast(constraint: Constraint, rowsSeen: number): boolean {
  const { projections, selections } = constraint;
  if ([...projections, ...selections].some(({ kind }) => kind === 'call')) return false;
  const range = rowRangeOf(constraint);
  return range === undefined || (range.stride === 1 && rowsSeen > 0);
}

function isImplied(selection: Selection, { time, last, rowsSeen }: ResumeOptions): boolean {
  const comparison = timeComparison(selection, time);
  if (comparison === undefined || !comparison.operator.startsWith('>')) return false;
  const onlyNumbers = comparison.values.every(value => value.kind === 'number');
  const bounds = windowOf(selection, time, 0, UNIX_SECONDS);
  return bounds !== undefined && (rowsSeen > 0 || (onlyNumbers && bounds.low <= last));
}

function projectionsFrom(
  { isNothingLeft, skip }: Continuation,
  { projections }: Constraint,
  range: RowRange | undefined,
  { time, rowsSeen, repeated }: ResumeOptions & { readonly repeated: number },
): Projection[] {
  const rest = projections.map(item =>
    reindexed(item, index => (isNothingLeft ? [] : restOf(index, rowsSeen, skip, repeated))),
  );
  if (range !== undefined || skip === 0) return rest;
  const [first, ...others] = rest;
  const named = first?.kind === 'name' ? first.steps : nameOf(time).steps.slice(0, 1);
  const indices = [{ start: skip, stride: 1, stop: Number.POSITIVE_INFINITY }];
  return [{ kind: 'name', steps: [{ name: named[0]!.name, indices }, ...named.slice(1)] }, ...others];
}

function reindexed(item: Projection, indicesFor: (range: RowRange) => RowRange[]): Projection {
  if (item.kind === 'call') return item;
  const steps = item.steps.map(({ name, indices }) => ({ name, indices: indices.flatMap(indicesFor) }));
  return { kind: 'name', steps };
}

/**
 * What is left of `range` when its first `rowsSeen` rows have come, counted from `skip` before the row that follows them, and
 * with `repeated` rows that come again; none for all rows.
 */
function restOf(range: RowRange, rowsSeen: number, skip: number, repeated: number): RowRange[] {
  if (rowsSeen === 0) return [range];
  const { stride, stop } = range;
  const open = stop > Number.MAX_SAFE_INTEGER;
  if (open && stride === 1 && skip === 0) return [];
  const last = open ? stop : lastRow(range) - rowsPassed(range, rowsSeen) + skip;
  return [{ start: stride - 1 + skip, stride, stop: last + repeated }];
}

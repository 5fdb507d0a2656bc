// Makes the constraint that requests the rest of a Sequence after a break, by rules for how it continues.

import { type TimeUnits, UNIX_SECONDS } from '../../model/time-units.ts';
import { lastRow, rowCount, rowRangeOf } from '../selection/rows.ts';
import { fixed, nameOf, timeClause, timeComparison, windowOf } from '../selection/time-clauses.ts';
import type { Constraint, Projection, RowRange, Selection } from '../text/expression.ts';
import { type Continuation, type Continuations, hasCalls, NOTHING_LEFT, rowsPassed } from './continuation.ts';

export interface ResumeOptions {
  /** The dotted name of the time column, `sensor.time`. */
  readonly time: string;
  /** The time of the last row that has come, in the units of the column. */
  readonly last: number;
  /** The units of the time column: seconds since 1970 by default. */
  readonly units?: TimeUnits;
  /**
   * The number of rows of the time `last` that have come. If it is given, and `canRepeatLast` is true for the constraint, the rows of
   * that time are requested again (`time>=last`), so that none of several rows of one time is lost.
   */
  readonly lastCount?: number;
  /** The number of rows that have come since the first request for `constraint`, over all connections. */
  readonly rowsSeen: number;
  /** The time of the first request, in seconds since 1970, which `now` keeps to mean. */
  readonly now?: number;
}

/** As `resumeAfter`, by the `continuations` of the constraint: code for functions need not be loaded for a constraint without one. */
export function restAfter(
  constraint: Constraint,
  options: ResumeOptions,
  continuations: Continuations,
): Constraint {
  const { time, last, rowsSeen, now, units = UNIX_SECONDS } = options;
  if (!Number.isFinite(last)) throw new RangeError(`Expected the time of the last row, found ${last}`);
  if (!Number.isSafeInteger(rowsSeen) || rowsSeen < 0) {
    throw new RangeError(`Expected a number of rows, found ${rowsSeen}`);
  }
  const range = rowRangeOf(constraint);
  const isFull = range !== undefined && rowsSeen >= rowCount(range);
  const place = isFull ? NOTHING_LEFT : continuations.after(constraint, range, options);
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
 * True if a request can include the rows of the last time again: the constraint has no function, and a row range includes every row.
 * (If the server has lost the rows of the last time, a stride or an offset would be counted from another row.)
 */
export function canRepeatLast(constraint: Constraint, rowsSeen: number): boolean {
  if (hasCalls(constraint)) return false;
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
 * The rest of `range` after its first `rowsSeen` rows: counted from `skip` rows before the next one, and longer by the `repeated` rows
 * that come again. No index means all rows.
 */
function restOf(range: RowRange, rowsSeen: number, skip: number, repeated: number): RowRange[] {
  if (rowsSeen === 0) return [range];
  const { stride, stop } = range;
  const open = stop > Number.MAX_SAFE_INTEGER;
  if (open && stride === 1 && skip === 0) return [];
  const last = open ? stop : lastRow(range) - rowsPassed(range, rowsSeen) + skip;
  return [{ start: stride - 1 + skip, stride, stop: last + repeated }];
}

// How to ask for the rest of a Sequence after its connection broke, and whether its constraint gives time an end.

import { boundsOf, type TimeBounds } from './bounds.ts';
import {
  type Comparison,
  type Constraint,
  type Name,
  type Operand,
  type Operator,
  type Projection,
  pathOf,
  type RowRange,
  type Selection,
} from './expression.ts';
import { meansSame } from './names.ts';
import { NOWHERE, type Place, placeAfter, rowsPassed } from './place.ts';
import { lastRow, rowCount, rowRangeOf } from './rows.ts';
import { MIRRORED } from './select.ts';
import { secondsOf } from './time.ts';

export interface ResumeOptions {
  /** The dotted name of the time column, `sensor.time`. */
  readonly time: string;
  /** The time of the last row that has come, in seconds since 1970. */
  readonly last: number;
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
 *
 * Throws a `RangeError` where `last` is not finite or `rowsSeen` no count of rows, and a `ConstraintError` where the indices
 * of `constraint` contradict each other.
 */
export function resumeAfter(constraint: Constraint, options: ResumeOptions): Constraint {
  const { time, last, rowsSeen, now } = options;
  if (!Number.isFinite(last)) throw new RangeError(`Expected the time of the last row, found ${last}`);
  if (!Number.isSafeInteger(rowsSeen) || rowsSeen < 0) {
    throw new RangeError(`Expected a number of rows, found ${rowsSeen}`);
  }
  const range = rowRangeOf(constraint);
  const isFull = range !== undefined && rowsSeen >= rowCount(range);
  const place = isFull ? NOWHERE : placeAfter(constraint, range, options);
  const kept = constraint.selections.filter(selection => place.keepsBounds || !isImplied(selection, options));
  return {
    projections: projectionsFrom(place, constraint, range, options),
    selections: [
      ...(now === undefined ? kept : kept.map(selection => fixed(selection, time, now))),
      ...(place.after === undefined ? [] : [timeClause(time, place.after.operator, place.after.time)]),
      ...(place.isNowhere ? [timeClause(time, '>', last), timeClause(time, '<=', last)] : []),
    ],
  };
}

/**
 * The upper bound that `constraint` puts on the column `time` (a dotted name), in seconds since 1970; Infinity where it puts
 * none. `now` is what that means in the constraint.
 */
export function upperTimeBound(constraint: Constraint, time: string, now: number): number {
  const windows = constraint.selections.flatMap(selection => windowOf(selection, time, now) ?? []);
  return Math.min(...windows.map(({ high }) => high), Number.POSITIVE_INFINITY);
}

function isImplied(selection: Selection, { time, last, rowsSeen }: ResumeOptions): boolean {
  const comparison = timeComparison(selection, time);
  if (comparison === undefined || !comparison.operator.startsWith('>')) return false;
  const onlyNumbers = comparison.values.every(value => value.kind === 'number');
  const bounds = windowOf(selection, time, 0);
  return bounds !== undefined && (rowsSeen > 0 || (onlyNumbers && bounds.low <= last));
}

/** The window that a clause leaves to the time; undefined for one that is not about the time and constants alone. */
function windowOf(selection: Selection, time: string, now: number): TimeBounds | undefined {
  const comparison = timeComparison(selection, time);
  const values = comparison?.values.flatMap(value => secondsOfConstant(value, now) ?? []);
  return comparison !== undefined && values!.length === comparison.values.length
    ? boundsOf(comparison.operator, values!)
    : undefined;
}

/** The clause with the time on its left, if it compares the time. */
function timeComparison(
  selection: Selection,
  time: string,
): { operator: Operator; values: readonly Operand[] } | undefined {
  if (selection.kind === 'call') return undefined;
  const { left, operator, right } = selection;
  if (isTime(left, time)) return { operator, values: right.kind === 'list' ? right.values : [right] };
  if (right.kind === 'list' || !isTime(right, time) || operator === '=~') return undefined;
  return { operator: MIRRORED[operator], values: [left] };
}

/** The full name, or its last part alone. */
function isTime(operand: Operand, time: string): boolean {
  return operand.kind === 'name' && meansSame(pathOf(operand), time);
}

/** Seconds since 1970; undefined for what is no constant, or a text that is no time. */
function secondsOfConstant(operand: Operand, now: number): number | undefined {
  if (operand.kind === 'number') return operand.value;
  if (operand.kind !== 'time' && operand.kind !== 'text') return undefined;
  try {
    return secondsOf(operand.kind === 'time' ? operand.text : operand.value, now, (offset, expected) => {
      throw new RangeError(`at character ${offset}: expected ${expected}`);
    });
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The clause with numbers for its times; a quoted text is one where the clause compares the column `time`. */
function fixed(selection: Selection, time: string, now: number): Selection {
  if (selection.kind === 'call') return selection;
  const quotedToo = timeComparison(selection, time) !== undefined;
  const fix = (operand: Operand): Operand => {
    if (operand.kind !== 'time' && !(quotedToo && operand.kind === 'text')) return operand;
    const value = secondsOfConstant(operand, now);
    return value === undefined ? operand : { kind: 'number', value };
  };
  const { left, operator, right } = selection;
  return {
    kind: 'comparison',
    left: fix(left),
    operator,
    right: right.kind === 'list' ? { kind: 'list', values: right.values.map(fix) } : fix(right),
  };
}

function projectionsFrom(
  { isNowhere, skip }: Place,
  { projections }: Constraint,
  range: RowRange | undefined,
  { time, rowsSeen }: ResumeOptions,
): Projection[] {
  const rest = projections.map(item =>
    reindexed(item, index => (isNowhere ? [] : restOf(index, rowsSeen, skip))),
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
 * What is left of `range` when its first `rowsSeen` rows have come, counted from `skip` before the row that follows them; none
 * for all rows.
 */
function restOf(range: RowRange, rowsSeen: number, skip: number): RowRange[] {
  if (rowsSeen === 0) return [range];
  const { stride, stop } = range;
  const open = stop > Number.MAX_SAFE_INTEGER;
  if (open && stride === 1 && skip === 0) return [];
  const last = open ? stop : lastRow(range) - rowsPassed(range, rowsSeen) + skip;
  return [{ start: stride - 1 + skip, stride, stop: last }];
}

function nameOf(path: string): Name {
  return { kind: 'name', steps: path.split('.').map(name => ({ name, indices: [] })) };
}

function timeClause(time: string, operator: Operator, value: number): Comparison {
  return { kind: 'comparison', left: nameOf(time), operator, right: { kind: 'number', value } };
}

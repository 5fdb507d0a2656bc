// Reads and writes the clauses of a constraint that bound the column of times.

import { fromMillis, type TimeUnits, UNIX_SECONDS } from '../../model/time-units.ts';
import {
  type Comparison,
  type Constraint,
  type Name,
  type Operand,
  type Operator,
  pathOf,
  type Selection,
} from '../text/expression.ts';
import { secondsOf } from '../text/time.ts';
import { ALL_TIME, boundsOf, meet, type TimeBounds } from './bounds.ts';
import { meansSame } from './names.ts';
import { MIRRORED } from './select.ts';

/**
 * The bounds of `constraint` on the column `time` (a dotted name), in its `units`; `ALL_TIME` without bounds. `now` is the meaning of
 * `now` in the constraint, in seconds since 1970.
 */
export function timeBounds(
  constraint: Constraint,
  time: string,
  now: number,
  units: TimeUnits = UNIX_SECONDS,
): TimeBounds {
  const windows = constraint.selections.flatMap(selection => windowOf(selection, time, now, units) ?? []);
  return windows.reduce(meet, ALL_TIME);
}

/**
 * The upper bound of `constraint` on the column `time`, in its units; Infinity without a bound. See `timeBounds`.
 */
export function upperTimeBound(
  constraint: Constraint,
  time: string,
  now: number,
  units: TimeUnits = UNIX_SECONDS,
): number {
  return timeBounds(constraint, time, now, units).high;
}

/** The bounds of a clause on the time; undefined for a clause on anything but the time and constants. */
export function windowOf(
  selection: Selection,
  time: string,
  now: number,
  units: TimeUnits,
): TimeBounds | undefined {
  const comparison = timeComparison(selection, time);
  const values = comparison?.values.flatMap(value => constantIn(units, value, now) ?? []);
  return comparison !== undefined && values!.length === comparison.values.length
    ? boundsOf(comparison.operator, values!)
    : undefined;
}

/** The clause with the time on its left side; undefined if it does not compare the time. */
export function timeComparison(
  selection: Selection,
  time: string,
): { operator: Operator; values: readonly Operand[] } | undefined {
  if (selection.kind === 'call') return undefined;
  const { left, operator, right } = selection;
  if (isTime(left, time)) return { operator, values: right.kind === 'list' ? right.values : [right] };
  if (right.kind === 'list' || !isTime(right, time) || operator === '=~') return undefined;
  return { operator: MIRRORED[operator], values: [left] };
}

/** The clause with numbers in place of its times; a quoted text is a time if the clause compares the column `time`. */
export function fixed(selection: Selection, time: string, now: number, units: TimeUnits): Selection {
  if (selection.kind === 'call') return selection;
  const quotedToo = timeComparison(selection, time) !== undefined;
  const fix = (operand: Operand): Operand => {
    if (operand.kind !== 'time' && !(quotedToo && operand.kind === 'text')) return operand;
    const value = constantIn(units, operand, now);
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

export function timeClause(time: string, operator: Operator, value: number): Comparison {
  return { kind: 'comparison', left: nameOf(time), operator, right: { kind: 'number', value } };
}

export function nameOf(path: string): Name {
  return { kind: 'name', steps: path.split('.').map(name => ({ name, indices: [] })) };
}

/** True for the full name of the time column, and for its last part. */
function isTime(operand: Operand, time: string): boolean {
  return operand.kind === 'name' && meansSame(pathOf(operand), time);
}

/** A constant in the units of the column: a number is in these units already. Undefined as for `secondsOfConstant`. */
function constantIn(units: TimeUnits, operand: Operand, now: number): number | undefined {
  const value = secondsOfConstant(operand, now);
  if (value === undefined || operand.kind === 'number' || units === UNIX_SECONDS) return value;
  return fromMillis(units, value * 1000);
}

/** A constant in seconds since 1970; undefined for anything but a constant, and for a text that is not a time. */
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

// Computes the bounds on time that the clauses of a constraint set.

import type { Operator } from '../text/expression.ts';

/** A window of time in seconds since 1970; -Infinity and Infinity for an open end. */
export interface TimeBounds {
  readonly low: number;
  readonly lowInclusive: boolean;
  readonly high: number;
  readonly highInclusive: boolean;
}

export const ALL_TIME: TimeBounds = {
  low: Number.NEGATIVE_INFINITY,
  lowInclusive: false,
  high: Number.POSITIVE_INFINITY,
  highInclusive: false,
};

/** The window without any time. */
export const NO_TIME: TimeBounds = {
  ...ALL_TIME,
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
};

/**
 * The window of `time operator value`; for a list of values, the hull of their windows. Undefined if the operator sets no bound. A
 * comparison with NaN is always false (IEEE 754).
 */
export function boundsOf(operator: Operator, values: readonly number[]): TimeBounds | undefined {
  if (operator === '!=' || operator === '=~') return undefined;
  const numbers = values.filter(value => !Number.isNaN(value));
  if (numbers.length === 0) return NO_TIME;
  const inclusive = operator.endsWith('=');
  const from = { low: Math.min(...numbers), lowInclusive: inclusive };
  const to = { high: Math.max(...numbers), highInclusive: inclusive };
  return { ...ALL_TIME, ...(operator.startsWith('<') ? {} : from), ...(operator.startsWith('>') ? {} : to) };
}

/** The times in both windows. */
export function meet(a: TimeBounds, b: TimeBounds): TimeBounds {
  const from = a.low > b.low || (a.low === b.low && !a.lowInclusive) ? a : b;
  const to = a.high < b.high || (a.high === b.high && !a.highInclusive) ? a : b;
  return { low: from.low, lowInclusive: from.lowInclusive, high: to.high, highInclusive: to.highInclusive };
}

/** True if the window has no time. */
export function isEmpty({ low, lowInclusive, high, highInclusive }: TimeBounds): boolean {
  return low > high || (low === high && !(lowInclusive && highInclusive));
}

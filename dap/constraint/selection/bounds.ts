// Which window of time the clauses of a constraint leave open.

import type { Operator } from '../text/expression.ts';

/** Seconds since 1970; -Infinity and Infinity where the window is open. */
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

/** The window that no time lies in. */
export const NO_TIME: TimeBounds = {
  ...ALL_TIME,
  low: Number.POSITIVE_INFINITY,
  high: Number.NEGATIVE_INFINITY,
};

/**
 * The window of `time operator value`, or of a list of values, of which one is enough: their hull. Undefined where the
 * operator bounds nothing. A NaN is compared with in vain (IEEE 754).
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

/** What lies in both windows. */
export function meet(a: TimeBounds, b: TimeBounds): TimeBounds {
  const from = a.low > b.low || (a.low === b.low && !a.lowInclusive) ? a : b;
  const to = a.high < b.high || (a.high === b.high && !a.highInclusive) ? a : b;
  return { low: from.low, lowInclusive: from.lowInclusive, high: to.high, highInclusive: to.highInclusive };
}

/** True where no time lies in the window. */
export function isEmpty({ low, lowInclusive, high, highInclusive }: TimeBounds): boolean {
  return low > high || (low === high && !(lowInclusive && highInclusive));
}

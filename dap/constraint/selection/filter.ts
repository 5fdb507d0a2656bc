// Declares the filters that the clauses of a constraint are compiled into, and the operators that put numbers in order.

import type { Batch } from '../../model/value.ts';
import type { Operator } from '../text/expression.ts';

export type Order = Exclude<Operator, '=~'>;

/** Keeps those of the first `count` numbers in `rows` whose rows meet a clause, in their order; gives how many. */
export type Filter = (batch: Batch, rows: Int32Array, count: number) => number;

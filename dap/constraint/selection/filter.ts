// Declares the filters that the clauses of a constraint are compiled into, and their operators.

import type { Batch } from '../../model/value.ts';
import type { Operator } from '../text/expression.ts';

export type Order = Exclude<Operator, '=~'>;

/** Keeps, of the first `count` indices in `rows`, those of rows that meet a clause, in their order; returns their number. */
export type Filter = (batch: Batch, rows: Int32Array, count: number) => number;

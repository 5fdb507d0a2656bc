// Selects the rows of a batch that meet the clauses of a constraint: each clause is compiled once into a loop over columns.

import type { Batch } from '../../model/value.ts';
import type { Filter, Order } from './filter.ts';
import { compareNumberColumns, compareWithNumber, compareWithNumbers } from './loops.ts';

/** One side of a comparison: a column by its index in the batch, or a value. */
export type Term<T> = ColumnTerm | { readonly value: T };

interface ColumnTerm {
  readonly column: number;
  /** The column holds Float32: compared values are rounded to Float32, so that `=21.3` finds numbers that print as 21.3. */
  readonly float32: boolean;
}

/** A checked clause; it is true if it is true for one of `right`. */
export type Clause = OrderClause<'number', number> | OrderClause<'text', string>;

interface OrderClause<Type, T> {
  readonly type: Type;
  readonly left: Term<T>;
  readonly operator: Order;
  readonly right: readonly Term<T>[];
}

/** The filter of a clause; true or false for a clause that every row or no row meets. */
type RowTest = Filter | boolean;

export interface Selector {
  /** True if no row can meet the clauses. */
  readonly never: boolean;
  /** The indices of the rows that meet all clauses, ascending, in a new array; undefined if all rows do. */
  select(batch: Batch): Int32Array | undefined;
}

/** Compiles clauses, all of which a row must meet. Numbers are compared by IEEE 754: NaN is unequal to everything. */
export function compileClauses(clauses: readonly Clause[]): Selector {
  const compiled = clauses.map(compileClause);
  if (compiled.includes(false)) return { never: true, select: () => new Int32Array(0) };
  const filters = compiled.filter(filter => typeof filter === 'function');
  return { never: false, select: batch => (filters.length === 0 ? undefined : run(filters, batch)) };
}

function run(filters: readonly Filter[], batch: Batch): Int32Array | undefined {
  const { length } = batch;
  const rows = new Int32Array(length);
  for (let row = 0; row < length; row++) rows[row] = row;
  let count = length;
  for (const filter of filters) count = filter(batch, rows, count);
  return count === length ? undefined : rows.subarray(0, count);
}

function compileClause(clause: Clause): RowTest {
  switch (clause.type) {
    case 'number':
      return compileOrdered(clause, {
        constants: numberConstants,
        constant: (term, operator, value) => compareWithNumber(term.column, operator, storedIn(term, value)),
        columns: compareNumberColumns,
      });
    case 'text':
      return compileOrdered(clause, {
        constants: textConstants,
        constant: ({ column }, operator, value) => testTexts(column, text => holds(text, operator, value)),
        columns: compareTextColumns,
      });
  }
}

/** Compares values of one type: with several constants, one of which suffices, with one constant, or with another column. */
interface Comparer<T> {
  constants(term: ColumnTerm, operator: Order, values: readonly T[]): RowTest;
  constant(term: ColumnTerm, operator: Order, value: T): Filter;
  columns(left: number, operator: Order, right: number): Filter;
}

function compileOrdered<T>(
  { left, operator, right }: OrderClause<unknown, T>,
  compare: Comparer<T>,
): RowTest {
  const values = right.flatMap(term => ('value' in term ? [term.value] : []));
  const columns = right.flatMap(term => ('column' in term ? [term] : []));
  if ('value' in left) {
    const { value } = left;
    const fixed = values.some(other => holds(value, operator, other));
    return anyOf([fixed, ...columns.map(term => compare.constant(term, MIRRORED[operator], value))]);
  }
  return anyOf([
    values.length > 0 && compare.constants(left, operator, values),
    ...columns.map(({ column }) => compare.columns(left.column, operator, column)),
  ]);
}

/** The operator with the same meaning after the two sides are exchanged. */
export const MIRRORED: Readonly<Record<Order, Order>> = {
  '=': '=',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};

function holds<T>(a: T, operator: Order, b: T): boolean {
  switch (operator) {
    case '=':
      return a === b;
    case '!=':
      return a !== b;
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '>':
      return a > b;
    case '>=':
      return a >= b;
  }
}

/** The value as the column would store it; a value that is too large for Float32 stays unchanged. */
export function storedIn({ float32 }: ColumnTerm, value: number): number {
  const rounded = Math.fround(value);
  return float32 && (Number.isFinite(rounded) || !Number.isFinite(value)) ? rounded : value;
}

function numberConstants(term: ColumnTerm, operator: Order, values: readonly number[]): RowTest {
  const { column } = term;
  const all = new Set(values.map(value => storedIn(term, value)));
  const distinct = [...all].filter(value => !Number.isNaN(value));
  if (operator === '!=') {
    // Every number is unequal to one of two different numbers, and to NaN.
    const always = distinct.length > 1 || distinct.length < all.size;
    return always || compareWithNumber(column, operator, distinct[0]!);
  }
  if (distinct.length === 0) return false;
  if (operator === '=' && distinct.length > 1) return compareWithNumbers(column, distinct);
  // Of several bounds, the widest counts.
  const value = operator.startsWith('<') ? Math.max(...distinct) : Math.min(...distinct);
  return compareWithNumber(column, operator, value);
}

function textConstants({ column }: ColumnTerm, operator: Order, values: readonly string[]): RowTest {
  const sought = new Set(values);
  if (operator === '=') return testTexts(column, text => sought.has(text));
  return anyOf([...sought].map(value => testTexts(column, text => holds(text, operator, value))));
}

function compareTextColumns(left: number, operator: Order, right: number): Filter {
  return (batch, rows, count) => {
    const [a, b] = [textsOf(batch, left), textsOf(batch, right)];
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += holds(a[row]!, operator, b[row]!) ? 1 : 0;
    }
    return kept;
  };
}

function testTexts(column: number, test: (text: string) => boolean): Filter {
  return (batch, rows, count) => {
    const texts = textsOf(batch, column);
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += test(texts[row]!) ? 1 : 0;
    }
    return kept;
  };
}

function textsOf(batch: Batch, column: number): readonly string[] {
  return batch.columns[column] as string[];
}

/** Keeps a row if one of the filters keeps it. */
function anyOf(compiled: readonly RowTest[]): RowTest {
  if (compiled.includes(true)) return true;
  const filters = compiled.filter(filter => typeof filter === 'function');
  if (filters.length < 2) return filters[0] ?? false;
  return (batch, rows, count) => {
    const keep = new Uint8Array(batch.length);
    const some = new Int32Array(count);
    for (const filter of filters) {
      some.set(rows.subarray(0, count));
      const kept = filter(batch, some, count);
      for (let i = 0; i < kept; i++) keep[some[i]!] = 1;
    }
    let kept = 0;
    for (let i = 0; i < count; i++) {
      const row = rows[i]!;
      rows[kept] = row;
      kept += keep[row]!;
    }
    return kept;
  };
}

// Evaluates a constraint row by row, as simply as possible: the reference for the fast code.

import type { Comparison, Constraint, Name, Operand, Selection } from '../../../dap/constraint/index.ts';
import type { Row } from './stations.ts';

type Value = number | string;

/** The values of the columns asked for, of the rows asked for. */
export function naive(constraint: Constraint, rows: readonly Row[]): Value[][] {
  const columns = columnsOf(constraint);
  const wanted = rowNumbers(constraint);
  return matching(constraint, rows)
    .filter((_, number) => wanted(number))
    .map(row => columns.map(column => row[column]));
}

/** The rows that meet the clauses that compare. */
export function matching(constraint: Constraint, rows: readonly Row[]): Row[] {
  return rows.filter(row =>
    constraint.selections.every(selection => selection.kind === 'call' || holds(selection, row)),
  );
}

/** The columns of the stations. */
export const COLUMNS = ['time', 'temperature', 'voltage', 'count', 'state'] as const;

function columnsOf({ projections }: Constraint): (keyof Row)[] {
  const asked = projections.flatMap(item => {
    const last = (item as Name).steps.at(-1)!.name;
    return last === 'sensor' ? [...COLUMNS] : [last as keyof Row];
  });
  return asked.length === 0 ? [...COLUMNS] : [...new Set(asked)];
}

/** Tells which rows, counted from 0, the indices choose. */
export function rowNumbers({ projections }: Constraint): (number: number) => boolean {
  const ranges = projections.flatMap(item => (item as Name).steps.flatMap(step => step.indices));
  return number =>
    ranges.every(
      ({ start, stride, stop }) => number >= start && number <= stop && (number - start) % stride === 0,
    );
}

function holds(selection: Selection, row: Row): boolean {
  const { left, operator, right } = selection as Comparison;
  const values = right.kind === 'list' ? right.values : [right];
  return values.some(value => compare(meant(left, value, row), operator, meant(value, left, row)));
}

function meant(operand: Operand, other: Operand, row: Row): Value {
  switch (operand.kind) {
    case 'name':
      return row[operand.steps.at(-1)!.name as keyof Row];
    case 'number':
      return isVoltage(other) ? Math.fround(operand.value) : operand.value;
    case 'text':
      return operand.value;
    default:
      throw new Error(`the reference knows no ${operand.kind}`);
  }
}

/** The Float32 column. */
function isVoltage(operand: Operand): boolean {
  return operand.kind === 'name' && operand.steps.at(-1)!.name === 'voltage';
}

function compare(a: Value, operator: string, b: Value): boolean {
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
    default:
      throw new Error(`the reference knows no ${operator}`);
  }
}

// Reads the fields of the constraint form, and turns them into a constraint expression.

import {
  type Comparison,
  type Constraint,
  type Plan,
  pathOf,
  printConstraint,
  type Sequence,
} from '../../../dap/protocol.ts';

/** Selections for which the form has fields; a selection with an empty value is left out. */
export const SELECTION_ROWS = 3;

export interface FormSelection {
  readonly variable: string;
  readonly operator: string;
  readonly value: string;
}

/** The form's state. Row numbers are kept as typed, so that the form shows a wrong number again. */
export interface FormFields {
  readonly columns: readonly string[];
  readonly selections: readonly FormSelection[];
  /** A function that thins the rows out; empty for none. */
  readonly thinning: string;
  readonly first: string;
  readonly stride: string;
  readonly last: string;
}

/** The form's initial state: every column, and ten rows, so that the response ends. */
export function initialFields(sequence: Sequence): FormFields {
  return {
    columns: sequence.fields.map(field => field.name),
    selections: [],
    thinning: '',
    first: '0',
    stride: '1',
    last: '9',
  };
}

/** The form's state for a constraint expression; `sequence` has all columns. */
export function fieldsOf(constraint: Constraint, plan: Plan, sequence: Sequence): FormFields {
  const { rows } = plan;
  const { selections } = constraint;
  const calls = selections.filter(selection => selection.kind === 'call');
  return {
    columns: plan.columns.map(column => sequence.fields[column]!.name),
    selections: selections
      .filter(selection => selection.kind === 'comparison')
      .flatMap(selection => selectionOf(selection)),
    thinning: printConstraint({ projections: [], selections: calls }).slice(1),
    first: rows === undefined ? '' : String(rows.start),
    stride: rows === undefined ? '' : String(rows.stride),
    last: rows === undefined || rows.stop === Number.POSITIVE_INFINITY ? '' : String(rows.stop),
  };
}

/** A comparison as fields of the form; none for a comparison that does not begin with a column. */
function selectionOf(comparison: Comparison): FormSelection[] {
  const { left, operator } = comparison;
  if (left.kind !== 'name') return [];
  const text = printConstraint({ projections: [], selections: [comparison] });
  const value = text.slice(1 + pathOf(left).length + operator.length);
  return [{ variable: left.steps.at(-1)!.name, operator, value }];
}

export function readFields(query: URLSearchParams): FormFields {
  const variables = query.getAll('variable');
  const operators = query.getAll('operator');
  const values = query.getAll('value');
  const selections = variables.map((variable, index) => ({
    variable,
    operator: operators[index] ?? '',
    value: (values[index] ?? '').trim(),
  }));
  const field = (name: string) => (query.get(name) ?? '').trim();
  return {
    columns: query.getAll('column'),
    selections: selections.filter(({ value }) => value !== ''),
    thinning: field('thinning'),
    first: field('first'),
    stride: field('stride'),
    last: field('last'),
  };
}

/**
 * The constraint expression, each clause percent-encoded. No column ticked means all of them, as in DAP2; all three row
 * numbers empty means every row, an empty last row means no end.
 */
export function constraintOf(fields: FormFields, sequence: Sequence): string {
  const { columns, selections, thinning, first, stride, last } = fields;
  const range =
    first === '' && stride === '' && last === '' ? '' : `[${first || '0'}:${stride || '1'}:${last || '*'}]`;
  const all = columns.length === 0 || columns.length === sequence.fields.length;
  const projection = all
    ? range === ''
      ? ''
      : `${sequence.name}${range}`
    : columns.map(column => `${sequence.name}.${column}${range}`).join(',');
  const clauses = selections.map(
    ({ variable, operator, value }) => `${sequence.name}.${variable}${operator}${value}`,
  );
  return [projection, ...clauses, ...(thinning === '' ? [] : [thinning])].map(encodeURIComponent).join('&');
}

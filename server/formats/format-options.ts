// Takes the options of a format, such as `header=names`, out of the query of a request.

import {
  type Constraint,
  type FormatOption,
  type Operand,
  parseConstraint,
  type Selection,
  type ValueList,
} from '../../dap/protocol.ts';
import { RequestError } from '../request-error.ts';

/** The value of each option of a format. */
export type ChosenOptions = Readonly<Record<string, string>>;

export interface QueryWithOptions {
  /** The query without its options. */
  readonly constraint: Constraint;
  readonly chosen: ChosenOptions;
}

/**
 * Parses a query, and takes the options out of it. An option is a clause `NAME=WORD`, also as the first part of the query. A word
 * that is a column, and no value of the option, makes it a condition.
 * @param columns the names of the columns of the dataset
 * @throws ConstraintError for a malformed query, RequestError for an unknown value of an option, and for an option with two values
 */
export function takeOptions(
  query: string,
  options: readonly FormatOption[],
  columns: readonly string[],
): QueryWithOptions {
  const constraint = parseConstraint(withOptionsLast(query, options));
  const chosen = new Map<FormatOption, string>();
  const selections = constraint.selections.filter(selection => {
    const [option, value] = optionIn(selection, options) ?? [];
    if (option === undefined || value === undefined) return true;
    if (!option.values.includes(value) && columns.includes(value)) return true;
    check(option, value, chosen.get(option));
    chosen.set(option, value);
    return false;
  });
  return {
    // A constraint that is kept as it is remembers its text, which errors quote.
    constraint: chosen.size === 0 ? constraint : { ...constraint, selections },
    chosen: Object.fromEntries(options.map(option => [option.name, chosen.get(option) ?? option.values[0]])),
  };
}

/** The option and its value, if the clause is `NAME=WORD`. */
function optionIn(
  selection: Selection,
  options: readonly FormatOption[],
): [FormatOption, string] | undefined {
  if (selection.kind === 'call' || selection.operator !== '=') return undefined;
  const [name, value] = [wordOf(selection.left), wordOf(selection.right)];
  const option = options.find(candidate => candidate.name === name);
  return option === undefined || value === undefined ? undefined : [option, value];
}

function wordOf(operand: Operand | ValueList): string | undefined {
  if (operand.kind !== 'name') return undefined;
  const [step, ...others] = operand.steps;
  return others.length > 0 || step === undefined || step.indices.length > 0 ? undefined : step.name;
}

function check({ name, values }: FormatOption, value: string, before: string | undefined): void {
  if (!values.includes(value)) {
    throw new RequestError(400, `option "${name}": expected one of ${values.join(', ')}, found "${value}"`);
  }
  if (before !== undefined && before !== value) {
    throw new RequestError(400, `option "${name}": expected one value, found "${before}" and "${value}"`);
  }
}

/** The query with the options at its beginning moved to its end: a query begins with columns or with `&`. */
function withOptionsLast(query: string, options: readonly FormatOption[]): string {
  if (options.length === 0) return query;
  const option = new RegExp(
    `^(?:${options.map(({ name }) => name).join('|')})(?:=|%3D)[a-z]\\w*(?=&|%26|$)`,
    'i',
  );
  let rest = query;
  let moved = '';
  for (let found = option.exec(rest); found !== null; found = option.exec(rest)) {
    moved += `&${found[0]}`;
    rest = rest.slice(found[0].length).replace(/^(?:&|%26)/, '');
  }
  if (moved === '') return query;
  const [first = ''] = rest.split(/&|%26/, 1);
  const isCondition = /[=<>!~(]|%(?:3[CDE]|21|7E|28)/i.test(first);
  return `${isCondition ? '&' : ''}${rest}${moved}`;
}

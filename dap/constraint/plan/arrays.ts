// Plans a constraint over a dataset of Arrays: the requested variables, and the values of each.

import { nearest } from '../../model/nearest.ts';
import type { ArrayVariable, DapDataset } from '../../model/variable.ts';
import { quoted } from '../text/error.ts';
import { type Constraint, type Name, type Node, pathOf, type RowRange } from '../text/expression.ts';
import { errorAt } from '../text/source.ts';

/** The most names that an error lists. */
const LISTED = 20;

/** A requested variable: its index in the dataset, and its values `start`, `start + stride` and so on, `count` of them. */
export interface PlannedArray {
  readonly index: number;
  readonly start: number;
  readonly stride: number;
  readonly count: number;
}

export interface ArrayPlan {
  /** The constrained dataset, for the DDS. */
  readonly dataset: DapDataset;
  readonly arrays: readonly PlannedArray[];
}

/**
 * Checks a constraint against a dataset of Arrays of one dimension. A projection is a name, `temperature`, with or without one index:
 * `[i]`, `[start:stop]` or `[start:stride:stop]`, where `*` stands for the last value. Without a projection all variables are requested.
 * @param instead completes the sentence that refuses a condition: the place where conditions work
 * @throws {ConstraintError} for an error of the client
 */
export function planArrays(constraint: Constraint, dataset: DapDataset, instead: string): ArrayPlan {
  const fail = (node: Node, expected: string, found: string): never => {
    throw errorAt(constraint, node, expected, found);
  };
  const [selection] = constraint.selections;
  if (selection !== undefined)
    fail(
      selection,
      `variables with index ranges alone, since Arrays have no rows to select (${instead})`,
      selection.kind === 'call' ? quoted(`${selection.name}(`) : 'a condition',
    );
  const variables = dataset.variables as readonly ArrayVariable[];
  const asked = constraint.projections.map(item => {
    if (item.kind === 'call') return fail(item, 'a variable', quoted(`${item.name}(`));
    return plannedArray(item, variables, fail);
  });
  const twice = asked.findIndex(({ index }, at) => asked.findIndex(other => other.index === index) < at);
  if (twice >= 0) {
    const name = constraint.projections[twice] as Name;
    fail(name, 'each variable once', `${quoted(pathOf(name))} again`);
  }
  const arrays =
    asked.length > 0
      ? asked
      : variables.map((variable, index) => ({ index, start: 0, stride: 1, count: lengthOf(variable) }));
  return {
    dataset: {
      ...dataset,
      variables: arrays.map(({ index, count }) => resized(variables[index]!, count)),
    },
    arrays,
  };
}

type Fail = (node: Node, expected: string, found: string) => never;

function plannedArray(name: Name, variables: readonly ArrayVariable[], fail: Fail): PlannedArray {
  const path = pathOf(name);
  const index = variables.findIndex(variable => variable.name === path);
  if (index < 0) return fail(name, namesInstead(path, variables), quoted(path));
  const count = lengthOf(variables[index]!);
  const [range, second] = name.steps.flatMap(({ indices }) => indices);
  if (second !== undefined) return fail(second, 'one index, for there is one dimension', 'another');
  return range === undefined
    ? { index, start: 0, stride: 1, count }
    : { index, ...within(range, count, fail) };
}

/** The values of a range that lies within `length` values. */
function within(range: RowRange, length: number, fail: Fail): Omit<PlannedArray, 'index'> {
  const { start, stride } = range;
  // An open end, also as pydap writes it.
  const stop = range.stop > Number.MAX_SAFE_INTEGER ? length - 1 : range.stop;
  if (start === 0 && stop === -1) return { start, stride, count: 0 };
  if (length === 0) return fail(range, 'no index, since the variable has no value', 'one');
  if (start >= length) return fail(range, `a start from 0 to ${length - 1}`, `${start}`);
  if (stop >= length) return fail(range, `a stop from ${start} to ${length - 1}`, `${stop}`);
  return { start, stride, count: Math.floor((stop - start) / stride) + 1 };
}

function namesInstead(path: string, variables: readonly ArrayVariable[]): string {
  const names = variables.map(({ name }) => name);
  const more = names.length > LISTED ? `, ... (${names.length} in all)` : '';
  const near = nearest(path.split('.').at(-1)!, names);
  const hint = near === undefined ? '' : ` (did you mean ${near}?)`;
  return `one of ${names.slice(0, LISTED).join(', ')}${more}${hint}`;
}

function lengthOf({ dimensions }: ArrayVariable): number {
  return dimensions[0]!.size;
}

function resized(variable: ArrayVariable, size: number): ArrayVariable {
  return { ...variable, dimensions: [{ ...variable.dimensions[0], size }] };
}

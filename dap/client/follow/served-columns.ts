// Finds the followed Sequence and its columns in the dataset of a connection, which may differ from the last connection's.

import type { DapDataset, Sequence, Variable } from '../../model/variable.ts';
import { ResponseError } from '../http/request.ts';

/** The Sequence to follow. Throws a `ResponseError` if `dataset`, which the address `at` serves, has none or several. */
export function onlySequence(dataset: DapDataset, at: string): Sequence {
  const [sequence, another] = dataset.variables.filter(variable => variable.type === 'Sequence');
  if (sequence !== undefined && another === undefined) return sequence;
  const found = dataset.variables.map(({ type, name }) => `${type} ${name}`).join(', ');
  const isArrays = dataset.variables.length > 0 && dataset.variables.every(({ type }) => type === 'Array');
  const advice = isArrays ? '; Arrays have no rows to follow: read them, or follow a Sequence' : '';
  throw new ResponseError(
    at,
    `expected one Sequence to follow, found ${found === '' ? 'nothing' : found}${advice}`,
  );
}

/**
 * The index in `served` of the column `field`: the order of columns may have changed, and columns may have been added. Throws a
 * `ResponseError` if the column is gone or has another type.
 */
export function columnOf(field: Variable, served: Sequence, at: string): number {
  const index = indicesOf(served).get(field.name) ?? -1;
  if (JSON.stringify(served.fields[index]) === JSON.stringify(field)) return index;
  throw datasetChanged(`a column "${field.name}" of type ${field.type} as before`, served, at);
}

/** The indices of columns by their names, for each served Sequence; the first of several columns with one name. */
const INDICES = new WeakMap<Sequence, ReadonlyMap<string, number>>();

function indicesOf(sequence: Sequence): ReadonlyMap<string, number> {
  const known = INDICES.get(sequence);
  if (known !== undefined) return known;
  const indices = new Map<string, number>();
  for (const [index, { name }] of sequence.fields.entries()) if (!indices.has(name)) indices.set(name, index);
  INDICES.set(sequence, indices);
  return indices;
}

/** The error for a dataset that cannot continue the rows that have come. */
export function datasetChanged(expected: string, { name, fields }: Sequence, at: string): ResponseError {
  const found = fields.map(field => `${field.type} ${field.name}`).join(', ');
  return new ResponseError(at, `the dataset has changed: expected ${expected}, found ${name} with ${found}`);
}

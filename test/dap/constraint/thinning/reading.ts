// Runs a plan over batches of rows to its end, and gives the result rows.

import { type Plan, parseConstraint, planConstraint, RowReader } from '../../../../dap/constraint/index.ts';
import type { Batch } from '../../../../dap/model/value.ts';
import { NOW, stations } from '../stations.ts';

export type RowValues = readonly unknown[];

/** The number that stands for no value in the column `count`. */
export const NO_COUNT = -1;

export function planOf(query: string): Plan {
  const missing = new Map([['count', NO_COUNT]]);
  return planConstraint(parseConstraint(query), stations, { now: NOW, missing });
}

/** The rows of a batch, each as a list of its values. */
export function rowsOf({ length, columns }: Batch): RowValues[] {
  return Array.from({ length }, (_, row) => columns.map(column => column[row]));
}

/** The result rows of each batch, and of the end of the source. */
export function readAll(plan: Plan, batches: readonly Batch[]): { each: RowValues[][]; rest: RowValues[] } {
  const reader = new RowReader(plan);
  const each: RowValues[][] = [];
  for (const batch of batches) {
    const { batch: given, done } = reader.next(batch);
    each.push(rowsOf(given));
    if (done) break;
  }
  return { each, rest: rowsOf(reader.end()) };
}

/** The result rows of all batches and of the end. */
export function read(plan: Plan, batches: readonly Batch[]): RowValues[] {
  const { each, rest } = readAll(plan, batches);
  return [...each.flat(), ...rest];
}

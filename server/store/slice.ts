// Cuts rows out of a batch, and joins batches.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';

/** The rows from `from` up to and without `to`. Columns of numbers are views into those of the batch. */
export function sliceOf(batch: Batch, from: number, to: number): Batch {
  const columns = batch.columns.map(column =>
    Array.isArray(column) ? (column.slice(from, to) as string[]) : column.subarray(from, to),
  );
  return { length: to - from, columns };
}

/** One batch of several, whose columns are numbers, in own arrays unless there is only one. */
export function joined(batches: readonly Batch[]): Batch {
  const [first] = batches;
  if (first === undefined || batches.length === 1) return first ?? { length: 0, columns: [] };
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  return {
    length,
    columns: first.columns.map((column, index) => {
      const kind = column.constructor as new (length: number) => NumberColumn;
      const whole = new kind(length);
      let at = 0;
      for (const { columns, length: rows } of batches) {
        whole.set(columns[index] as NumberColumn, at);
        at += rows;
      }
      return whole;
    }),
  };
}

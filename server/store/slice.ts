// Cuts rows out of a batch.

import type { Batch } from '../../dap/protocol.ts';

/** The rows from `from` up to and without `to`. Columns of numbers are views into those of the batch. */
export function sliceOf(batch: Batch, from: number, to: number): Batch {
  const columns = batch.columns.map(column =>
    Array.isArray(column) ? (column.slice(from, to) as string[]) : column.subarray(from, to),
  );
  return { length: to - from, columns };
}

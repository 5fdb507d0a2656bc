// Brings rows of several files into the order of their times, and drops those whose time another row has already.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import type { FileRows } from '../history/disk/same-rows.ts';
import { adapt } from '../history/parquet/adapt.ts';
import { missingIn } from '../history/parquet/column-meaning.ts';
import type { FileColumn } from '../history/parquet/file-columns.ts';
import { joined } from '../store/slice.ts';

export interface MergedRows {
  readonly batch: Batch;
  /** Rows that are not of the history already. */
  readonly added: number;
  /** Rows with the time and the values of another one. */
  readonly doubles: number;
  /** Rows with other values than another one of the same time, and the time of the first of them. */
  readonly conflicts: number;
  readonly firstConflict: number | undefined;
}

/**
 * @param stored rows of the history, which stay as they are
 * @param imported rows in the order of their precedence
 */
export function mergedRows(
  stored: readonly FileRows[],
  imported: readonly FileRows[],
  columns: readonly FileColumn[],
): MergedRows {
  const pieces = [...stored, ...imported];
  const whole = joined(pieces.map(({ batch, columns: own }) => adapt(batch, own, columns, missingIn)));
  const storedRows = stored.reduce((sum, { batch }) => sum + batch.length, 0);
  const times = whole.columns[0] as Float64Array;
  const order = Uint32Array.from(times, (_, row) => row);
  // Rows of the same time stay in the order of their precedence.
  if (!isInOrder(times)) order.sort((one, other) => times[one]! - times[other]! || one - other);
  const kept: number[] = [];
  let [doubles, conflicts] = [0, 0];
  let firstConflict: number | undefined;
  for (const row of order) {
    const last = kept.at(-1);
    if (last === undefined || times[row] !== times[last]) kept.push(row);
    else if (isSame(whole, columns, ownColumnsOf(pieces, row), row, last)) doubles += 1;
    else {
      conflicts += 1;
      firstConflict ??= times[row]!;
    }
  }
  const added = kept.filter(row => row >= storedRows).length;
  return { batch: rowsOf(whole, kept), added, doubles, conflicts, firstConflict };
}

function isInOrder(times: Float64Array): boolean {
  return times.every((time, row) => row === 0 || time > times[row - 1]!);
}

function ownColumnsOf(pieces: readonly FileRows[], row: number): ReadonlySet<string> {
  let end = 0;
  const piece = pieces.find(({ batch }) => {
    end += batch.length;
    return row < end;
  });
  return new Set(piece?.columns.map(({ name }) => name));
}

/** Whether a row has the values of another one in the columns that it has. */
function isSame(
  whole: Batch,
  columns: readonly FileColumn[],
  own: ReadonlySet<string>,
  row: number,
  other: number,
): boolean {
  return columns.every(({ name }, index) => {
    const values = whole.columns[index] as NumberColumn;
    return !own.has(name) || values[row] === values[other] || Object.is(values[row], values[other]);
  });
}

function rowsOf({ length, columns }: Batch, rows: readonly number[]): Batch {
  if (rows.length === length && rows.every((row, index) => row === index)) return { length, columns };
  return {
    length: rows.length,
    columns: columns.map(column => {
      const values = column as NumberColumn;
      const chosen = values.slice(0, rows.length);
      for (const [index, row] of rows.entries()) chosen[index] = values[row]!;
      return chosen;
    }),
  };
}

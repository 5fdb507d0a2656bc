// Hands rows that could not be written from a closed store to the next one of the same dataset, which may have other columns.

import type { Batch } from '../../dap/protocol.ts';
import { sliceOf } from '../store/slice.ts';
import type { DiskRows } from './disk/disk-rows.ts';
import type { StorableRun } from './disk/storable-run.ts';
import type { HistoryClock } from './history-clock.ts';
import { adapt } from './parquet/adapt.ts';
import { meantColumns } from './parquet/column-meaning.ts';
import type { FileColumn } from './parquet/file-columns.ts';
import type { TakenRows } from './unstored-rows.ts';
import type { LeftRows } from './waiting-rows.ts';

/** The rows of the runs with the columns, the times and the marks that they have now. `next` is the position of the next row. */
export function leftRows(
  runs: readonly StorableRun[],
  next: number,
  { end = 0 }: Pick<DiskRows, 'end'>,
  clock: HistoryClock,
  own: { readonly columns: readonly FileColumn[]; readonly das: () => string },
): LeftRows {
  return {
    runs: runs.map(({ position, batch, as }) => {
      const times = batch.columns[0] as Float64Array;
      const marks = clock.marks(times[0]!, times.at(-1)!);
      return {
        offset: position - end,
        batch,
        as: as ?? { columns: own.columns, das: own.das(), marks },
      };
    }),
    length: next - end,
  };
}

export interface TakenOver {
  readonly pieces: readonly TakenRows[];
  /** The position of the next row. */
  readonly next: number;
}

/**
 * Rows that the store before has left, behind the rows on the disk. Readers get them in the columns of this store. With `isResumed`, rows
 * that the disk has are left out: another machine has given them again.
 */
export function takenOver(
  left: LeftRows | undefined,
  { end = 0, lastTime }: Pick<DiskRows, 'end' | 'lastTime'>,
  isResumed: boolean,
  own: { readonly columns: readonly FileColumn[]; readonly fillValue: (column: FileColumn) => number },
): TakenOver {
  if (left === undefined) return { pieces: [], next: end };
  let known = 0;
  const pieces = left.runs.flatMap(({ offset, batch: whole, as }) => {
    const from = isResumed ? rowsUntil(whole, lastTime) : 0;
    known += from;
    if (from === whole.length) return [];
    const batch = sliceOf(whole, from, whole.length);
    const position = end + offset + from - known;
    // As a file with them is read.
    const columns = meantColumns(as.columns, as.das);
    return [{ position, batch: adapt(batch, columns, own.columns, own.fillValue), kept: { batch, as } }];
  });
  return { pieces, next: end + left.length - known };
}

function rowsUntil({ columns, length }: Batch, time: number): number {
  const row = (columns[0] as Float64Array).findIndex(found => found > time);
  return row < 0 ? length : row;
}

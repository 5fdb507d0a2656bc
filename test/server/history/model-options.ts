// Gives the model of a history the options of its stores, and their clock.

import { HistoryClock } from '../../../server/history/history-clock.ts';
import type { HistoryStoreOptions } from '../../../server/history/history-store.ts';
import { runJob } from '../../../server/history/jobs.ts';
import type { FileColumn } from '../../../server/history/parquet/file-columns.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import { missingValue } from './kept-rows.ts';
import { dasOf } from './made-rows.ts';

/** A clock that is later than all rows, and stands still. */
export function modelClock(synchronized: () => Synchronized): HistoryClock {
  return new HistoryClock(synchronized, { wall: () => Number.POSITIVE_INFINITY, monotonic: () => 0 });
}

/** @param memory the rows that memory holds */
export function modelOptions(
  columns: readonly FileColumn[],
  memory: number,
  others: Pick<HistoryStoreOptions, 'limits' | 'clock' | 'taken' | 'leave'>,
): HistoryStoreOptions {
  return {
    dataset: 'roof',
    columns,
    das: () => dasOf(columns),
    attributes: () => new Map(),
    fillValue: ({ type }) => missingValue(type),
    bounds: { rows: memory, bytes: 1e9, age: 1e12 },
    beside: () => runJob,
    events: {},
    ...others,
  };
}

// Opens the summaries of a history beside its rows on the disk.

import type { AttributeTable } from '../../dap/protocol.ts';
import type { DiskRows, DiskRowsOptions } from './disk/disk-rows.ts';
import type { RunHistoryJob } from './jobs.ts';
import type { FileColumn } from './parquet/file-columns.ts';
import { Summaries } from './summaries/summaries.ts';

export interface SummaryOptions extends Omit<DiskRowsOptions, 'onRemark' | 'beside' | 'endAt'> {
  /** The attributes of a column, which tell its values from missing values. */
  readonly attributes?: (column: FileColumn) => AttributeTable;
  /** Runs the larger jobs beside the event loop, until the signal aborts. */
  readonly beside: (signal: AbortSignal) => RunHistoryJob;
}

export function openSummaries(
  { path, stopping }: DiskRows,
  { dataset, folder, das, columns, fillValue, attributes, beside }: SummaryOptions,
): Summaries {
  const run = beside(stopping);
  return new Summaries({
    folder: path,
    dataset,
    das,
    columns: columns.map(column => ({
      ...column,
      fillValue: fillValue(column),
      attributes: attributes?.(column) ?? new Map(),
    })),
    run: async job => {
      await folder.check();
      return run(job);
    },
  });
}

// The metrics of the rows that datasets keep on disk.

import type { HistoryStatus } from '../store/row-store.ts';
import type { MetricFamily, MetricSample } from './exposition.ts';

/** @param each gives a sample for each dataset whose history has the number */
export function historyMetrics(
  each: (number: (history: HistoryStatus) => number | undefined) => readonly MetricSample[],
): MetricFamily[] {
  const family = (
    name: string,
    type: MetricFamily['type'],
    help: string,
    number: (history: HistoryStatus) => number | undefined,
    unit?: MetricFamily['unit'],
  ): MetricFamily => ({
    name: `dapberry_history_${name}`,
    type,
    help,
    samples: each(number),
    ...(unit === undefined ? {} : { unit }),
  });
  return [
    family('ok', 'gauge', '1 while rows can be written to the disk, 0 where that fails.', ({ failure }) =>
      failure === undefined ? 1 : 0,
    ),
    family('rows', 'gauge', 'Rows on the disk.', ({ rows }) => rows),
    family('bytes', 'gauge', 'Bytes of the files with the rows.', ({ bytes }) => bytes, 'bytes'),
    family('files', 'gauge', 'Files with the rows.', ({ files }) => files),
    family('unstored_rows', 'gauge', 'Rows that are not on the disk yet.', ({ unstored }) => unstored),
    family(
      'oldest_row_timestamp_seconds',
      'gauge',
      'Time of the oldest row on the disk, in seconds since 1970.',
      ({ firstTime }) => firstTime,
      'seconds',
    ),
    family(
      'flush_timestamp_seconds',
      'gauge',
      'When rows were written last, in seconds since 1970.',
      ({ flushedAt }) => flushedAt,
      'seconds',
    ),
    family(
      'newest_row_timestamp_seconds',
      'gauge',
      'Time of the newest row on the disk, in seconds since 1970.',
      ({ lastTime }) => lastTime,
      'seconds',
    ),
    family(
      'failures',
      'counter',
      'Writes, merges and deletions of files that failed.',
      ({ failures }) => failures,
    ),
    family('lost_rows', 'counter', 'Rows that were neither stored nor kept in memory.', ({ lost }) => lost),
    family(
      'unfit_rows',
      'counter',
      'Rows that were not stored for their times: not after those of the stored rows, or no whole microseconds.',
      ({ unfit }) => unfit,
    ),
    family(
      'set_aside_files',
      'counter',
      'Files that were renamed because their rows cannot be served.',
      ({ setAside }) => setAside,
    ),
    family(
      'left_alone_files',
      'gauge',
      'Files that are not served and were left as they are: of other programs, or with the rows of others.',
      ({ leftAlone }) => leftAlone,
    ),
  ];
}

// Defines an entry of the index: a file of a history and the rows that it holds.

import type { RowExtent } from '../parquet/file-facts.ts';
import type { HistoryFile } from '../parquet/file-reader.ts';

export interface StoredFile extends RowExtent {
  /** Within the dataset's folder: `2026/11/2026-11-28.parquet`. */
  readonly path: string;
  /** The UTC day of its rows, counted from 1970. */
  readonly day: number;
  /** True for a part of a day that is not merged yet. */
  readonly isPart: boolean;
  readonly firstPosition: number;
  readonly bytes: number;
  /** The time of the first row of each row group. */
  readonly groupTimes: Float64Array;
}

export function storedFile(
  place: Pick<StoredFile, 'path' | 'day' | 'isPart'>,
  {
    firstPosition,
    bytes,
    groupTimes,
    rows,
    firstTime,
    lastTime,
  }: Omit<HistoryFile, 'dataset' | 'columns' | 'das' | 'clock' | 'summary'>,
): StoredFile {
  return { ...place, firstPosition, bytes, groupTimes, rows, firstTime, lastTime };
}

/** The position after a file's last row. */
export function endOfFile({ firstPosition, rows }: Pick<StoredFile, 'firstPosition' | 'rows'>): number {
  return firstPosition + rows;
}

/** The end of a sentence about a file that is left alone. */
export function overlapText({ path }: Pick<StoredFile, 'path'>): string {
  return `left alone: its rows overlap those of ${path}`;
}

/** The file with other positions. */
export function moved(file: StoredFile, offset: number): StoredFile {
  return offset === 0 ? file : { ...file, firstPosition: file.firstPosition + offset };
}

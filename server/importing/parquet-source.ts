// Examines Parquet files that are to be imported, and sorts out those that can be taken as they are.

import { copyFile, link, open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { dayOf } from '../history/disk/day.ts';
import { type FileRows, groupsOf } from '../history/disk/same-rows.ts';
import type { StoredFile } from '../history/disk/stored-file.ts';
import { BrokenFile, type HistoryFile, readFooter } from '../history/parquet/file-reader.ts';
import { fileError } from '../pull/file-error.ts';

export interface ParquetSource extends HistoryFile {
  readonly path: string;
}

/** @throws one sentence for a file that cannot be read, or that dapberry has not written */
export async function parquetSource(path: string): Promise<ParquetSource> {
  const footer = await explained(path, () => readFooter(path));
  if (footer === undefined) {
    throw new Error(`${path}: expected a Parquet file that dapberry wrote, found one of another program`);
  }
  return { ...footer, path };
}

/**
 * All rows, a row group at once.
 * @param copy where they are read
 * @throws as `parquetSource`
 */
export async function* parquetRows(
  { path, groupTimes, firstTime, lastTime }: ParquetSource,
  copy = path,
): AsyncGenerator<FileRows, void, undefined> {
  const groups = groupsOf('/', { path: resolve(copy), groupTimes }, firstTime, lastTime);
  let last = Number.NEGATIVE_INFINITY;
  for (;;) {
    const next = await explained(path, () => groups.next());
    if (next.done) return;
    for (const time of next.value.batch.columns[0] as Float64Array) {
      if (!(time > last)) throw new Error(`${path}: expected rows in the order of their times, found others`);
      last = time;
    }
    yield next.value;
  }
}

/**
 * The files whose rows are of one day and stand apart from those of all other files, and the other files, whose rows have to be merged.
 * @param stored the files of the history
 */
export function separateFiles(
  sources: readonly ParquetSource[],
  stored: readonly Pick<StoredFile, 'firstTime' | 'lastTime'>[],
): { readonly whole: readonly ParquetSource[]; readonly mixed: readonly ParquetSource[] } {
  const overlaps = (one: ParquetSource) =>
    [...sources, ...stored].some(
      other => other !== one && other.firstTime <= one.lastTime && other.lastTime >= one.firstTime,
    );
  const isMixed = (source: ParquetSource) =>
    dayOf(source.firstTime) !== dayOf(source.lastTime) || overlaps(source);
  // The rows of other files of the same day may stand before and behind it.
  const mixedDays = new Set(sources.filter(isMixed).flatMap(daysOf));
  const isWhole = (source: ParquetSource) => !isMixed(source) && !mixedDays.has(dayOf(source.firstTime));
  return { whole: sources.filter(isWhole), mixed: sources.filter(source => !isWhole(source)) };
}

/**
 * Copies a file, makes the copy durable, and reads all of its rows, so that no damaged file is taken.
 * @param mayTake on the same disk, the file itself gets the name of the copy too
 */
export async function copyWhole(source: ParquetSource, target: string, mayTake: boolean): Promise<void> {
  const copy = () => copyFile(source.path, target);
  // FAT has no links.
  await (mayTake ? link(source.path, target).catch(copy) : copy());
  const handle = await open(target, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
  let rows = 0;
  for await (const { batch } of parquetRows(source, target)) rows += batch.length;
  if (rows !== source.rows) throw new Error(`${source.path}: expected ${source.rows} rows, found ${rows}`);
}

function daysOf({ firstTime, lastTime }: ParquetSource): readonly number[] {
  const first = dayOf(firstTime);
  return Array.from({ length: dayOf(lastTime) - first + 1 }, (_, index) => first + index);
}

async function explained<T>(path: string, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof BrokenFile) {
      throw new Error(`${path}: expected a whole Parquet file, found a damaged one: ${error.message}`);
    }
    throw fileError(path, error);
  }
}

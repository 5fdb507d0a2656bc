// Reads what files with rows after a time say about the clock, and copies their rows from before it.

import { join } from 'node:path';
import { BrokenFile, readFooter } from '../parquet/file-reader.ts';
import { type MergeJob, PartError } from './jobs.ts';
import type { StoredFile } from './stored-file.ts';

/** Whether each of the files says that the clock that made its rows was wrong or not synchronised. Throws a PartError for a damaged one. */
export async function areMarked(folder: string, files: readonly StoredFile[]): Promise<boolean> {
  for (const { path } of files) {
    const footer = await readFooter(join(folder, path)).catch((error: unknown) => {
      throw error instanceof BrokenFile ? new PartError(path, error.message) : error;
    });
    if (footer === undefined || footer.clock.length === 0) return false;
  }
  return true;
}

/** The job that copies the rows of a file until `time` into a file of their own; undefined if there are none. */
export function copyUntil(folder: string, file: StoredFile, time: number): MergeJob | undefined {
  const { path, day, firstTime, firstPosition } = file;
  return firstTime > time
    ? undefined
    : { kind: 'merge', folder, day, parts: [path], firstPosition, until: time };
}

/** Why a file is set aside. */
export function futureText({ lastTime }: StoredFile, copy: StoredFile | undefined): string {
  const kept = copy === undefined ? '' : `; its rows until then are in ${copy.path}`;
  return `its rows end at ${new Date(lastTime * 1000).toISOString()}, after the time of the clock${kept}`;
}

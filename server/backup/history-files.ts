// Lists the files of histories, and passes each one on whole while a server may write, merge and delete them.

import { type FileHandle, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DATASET_NAME } from '../config/schema/schema.ts';
import { DAY_FILE, PART_FILE } from '../history/disk/day.ts';
import { BrokenFile, readFooter } from '../history/parquet/file-reader.ts';
import { openFile } from '../history/parquet/open-file.ts';
import { reasonOf } from '../machine/file-reason.ts';

/** A dataset's folder in a history. */
export interface DatasetFolder {
  readonly dataset: string;
  readonly path: string;
}

export interface HistoryFileCopy {
  readonly dataset: string;
  /** Within the dataset's folder. */
  readonly path: string;
  /** It stays the same file until it is closed, whatever becomes of its name. */
  readonly handle: FileHandle;
}

/** The folders of datasets in a history; none if the folder is not there. */
export async function datasetFolders(history: string): Promise<readonly DatasetFolder[]> {
  const names = await namesIn(history);
  return names
    .filter(name => DATASET_NAME.test(name))
    .map(name => ({ dataset: name, path: join(history, name) }));
}

/** The error of reading a file or a folder of the history, which is not one of the archive; errors without a code stay. */
export function unreadable(path: string, error: unknown): unknown {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error;
  return new Error(
    `${path}: expected a file of the history that can be read, found ${reasonOf(code)}; no backup was written`,
    { cause: error },
  );
}

/**
 * Passes on all files of rows, so that each row that was stored at the beginning is in one of them. A merge writes the file of a day
 * before it deletes the parts: a part that is gone is in a file that the next listing has.
 */
export async function passFiles(
  { dataset, path: folder }: DatasetFolder,
  pass: (file: HistoryFileCopy) => Promise<void>,
  onRemark: (sentence: string) => void,
): Promise<void> {
  const passed = new Set<string>();
  for (let isFirst = true; ; isFirst = false) {
    const listed = (await rowFilesIn(folder)).filter(path => !passed.has(path));
    // Rows of new parts were stored after the beginning.
    if (!isFirst && !listed.some(isDay)) return;
    for (const path of listed) {
      const file = join(folder, path);
      // Also one that is gone, or a folder, a pipe or a broken link of this name, which the next listing has again.
      passed.add(path);
      const handle = await openFile(file).catch(unlessGone(file));
      if (handle === undefined) continue;
      try {
        const reason = await unfitReason(file);
        if (reason === undefined) await pass({ dataset, path, handle });
        else onRemark(`${file}: left out: ${reason}`);
      } finally {
        await handle.close();
      }
    }
  }
}

/** Why the rows of a file are not served; undefined for one of the history, and for one that is gone. */
async function unfitReason(file: string): Promise<string | undefined> {
  try {
    return (await readFooter(file)) === undefined ? 'another program wrote it' : undefined;
  } catch (error) {
    if (error instanceof BrokenFile) return `it is damaged: ${error.message}`;
    return unlessGone(file)(error);
  }
}

function isDay(path: string): boolean {
  return DAY_FILE.test(path.split('/').at(-1)!);
}

async function rowFilesIn(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for (const year of (await namesIn(folder)).filter(name => /^\d{4}$/.test(name))) {
    for (const month of (await namesIn(join(folder, year))).filter(name => /^\d\d$/.test(name))) {
      const place = `${year}/${month}`;
      for (const name of await namesIn(join(folder, place))) {
        if (DAY_FILE.test(name)) files.push(`${place}/${name}`);
        if (!/^\d{4}-\d\d-\d\d$/.test(name)) continue;
        const parts = (await namesIn(join(folder, place, name))).filter(part => PART_FILE.test(part));
        files.push(...parts.map(part => `${place}/${name}/${part}`));
      }
    }
  }
  return files;
}

async function namesIn(folder: string): Promise<readonly string[]> {
  return (await readdir(folder).catch(unlessGone(folder)))?.sort() ?? [];
}

function unlessGone(path: string): (error: unknown) => undefined {
  return error => {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return undefined;
    throw unreadable(path, error);
  };
}

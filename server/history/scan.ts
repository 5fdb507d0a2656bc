// Finds the files of a dataset's history in its folder, and sorts out those that do not belong to it.

import { readdir, rename, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { DAY_FILE, dayNamed, PART_FILE } from './day.ts';
import { isFree, TEMPORARY } from './durable.ts';
import { BrokenFile, readFooter } from './file-reader.ts';
import { readIndexFile } from './index-file.ts';
import { endOfFile, type StoredFile, storedFile } from './stored-file.ts';

export interface ScanResult {
  /** In the order of their positions and times. */
  readonly files: readonly StoredFile[];
  /** A sentence for each file that was set aside or left alone. */
  readonly remarks: readonly string[];
}

type Candidate = Pick<StoredFile, 'path' | 'day' | 'isPart'>;

/** Reads the folder of a dataset, which need not exist, and removes what an interrupted write or merge left behind. */
export async function scan(folder: string): Promise<ScanResult> {
  const remarks: string[] = [];
  const candidates = await candidatesIn(folder);
  const known = await readIndexFile(folder);
  const found: StoredFile[] = [];
  for (const candidate of candidates) {
    const { path } = candidate;
    const { size, mtimeMs } = await stat(join(folder, path));
    const entry = known.get(path);
    if (entry !== undefined && entry.bytes === size && entry.mtimeMs === mtimeMs) {
      found.push(storedFile(candidate, entry));
      continue;
    }
    try {
      const footer = await readFooter(join(folder, path));
      if (footer === undefined) remarks.push(`${join(folder, path)}: left alone: another program wrote it`);
      else found.push(storedFile(candidate, footer));
    } catch (error) {
      if (error instanceof BrokenFile)
        remarks.push(await setAside(join(folder, path), 'broken', error.message));
      else
        remarks.push(`${join(folder, path)}: left alone: ${error instanceof Error ? error.message : error}`);
    }
  }
  const files = await inOrder(folder, found, remarks);
  return { files, remarks };
}

/** Renames a file to `NAME.broken-N`, and gives a sentence about it. */
export async function setAside(file: string, kind: 'broken' | 'future', reason: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const name = `${file}.${kind}-${number}`;
    if (!(await isFree(name))) continue;
    await rename(file, name);
    return `${file}: set aside as ${name}: ${reason}`;
  }
}

/** The files with the names of days and parts. Leftovers of writes are removed. */
async function candidatesIn(folder: string): Promise<readonly Candidate[]> {
  const candidates: Candidate[] = [];
  for (const year of await namesIn(folder, /^\d{4}$/)) {
    for (const month of await namesIn(join(folder, year), /^\d\d$/)) {
      const place = `${year}/${month}`;
      for (const name of await namesIn(join(folder, place))) {
        const day = dayNamed(DAY_FILE.exec(name)?.[1] ?? name);
        if (day === undefined) {
          await removeTemporary(join(folder, place), name);
          continue;
        }
        if (DAY_FILE.test(name)) candidates.push({ path: `${place}/${name}`, day, isPart: false });
        else candidates.push(...(await partsIn(folder, `${place}/${name}`, day)));
      }
    }
  }
  return candidates;
}

async function partsIn(folder: string, place: string, day: number): Promise<readonly Candidate[]> {
  const parts: Candidate[] = [];
  for (const name of await namesIn(join(folder, place))) {
    if (PART_FILE.test(name)) parts.push({ path: `${place}/${name}`, day, isPart: true });
    else await removeTemporary(join(folder, place), name);
  }
  return parts;
}

async function removeTemporary(folder: string, name: string): Promise<void> {
  if (TEMPORARY.test(name)) await unlink(join(folder, name));
}

async function namesIn(folder: string, pattern = /^/): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter(name => pattern.test(name)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '')) return [];
    throw error;
  }
}

/**
 * Files whose positions and times increase. A part whose rows are in another file too is what an interrupted merge left behind; it
 * is deleted. Any other file with rows among those of others is left alone.
 */
async function inOrder(
  folder: string,
  found: readonly StoredFile[],
  remarks: string[],
): Promise<readonly StoredFile[]> {
  const sorted = [...found].sort(
    (one, other) =>
      one.firstPosition - other.firstPosition ||
      other.rows - one.rows ||
      Number(one.isPart) - Number(other.isPart),
  );
  const files: StoredFile[] = [];
  let last: StoredFile | undefined;
  for (const file of sorted) {
    if (last === undefined || (file.firstPosition >= endOfFile(last) && file.firstTime > last.lastTime)) {
      files.push(file);
      last = file;
    } else if (file.isPart && isWithin(file, last)) await unlink(join(folder, file.path));
    else remarks.push(`${join(folder, file.path)}: left alone: its rows overlap those of ${last.path}`);
  }
  return files;
}

function isWithin(file: StoredFile, other: StoredFile): boolean {
  return (
    file.firstPosition >= other.firstPosition &&
    endOfFile(file) <= endOfFile(other) &&
    file.firstTime >= other.firstTime &&
    file.lastTime <= other.lastTime
  );
}

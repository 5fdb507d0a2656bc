// Finds the files of a dataset's history in its folder, and sorts out those that do not belong to it.

import { rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { isFree, syncFolder } from '../../machine/durable.ts';
import { BrokenFile, readFooter } from '../parquet/file-reader.ts';
import { type Candidate, candidatesIn, codeOf, type UnreadablePlace } from './candidates.ts';
import { dayOf } from './day.ts';
import { readIndexFile } from './index-file.ts';
import type { MergedPart } from './merged-parts.ts';
import { endOfFile, overlapText, type StoredFile, storedFile } from './stored-file.ts';
import type { UnservedFiles } from './unserved-files.ts';

export interface ScanResult {
  /** In the order of their positions and times. */
  readonly files: readonly StoredFile[];
  /** Parts whose times are within those of another file: a merge was interrupted, or has kept them for copies of the folder. */
  readonly merged: readonly MergedPart[];
  /** A sentence for each file that was left alone. */
  readonly remarks: readonly string[];
}

type Unserved = Pick<UnservedFiles, 'setAside' | 'leftAlone'>;

/**
 * Reads the folder of a dataset, which need not exist, and removes what an interrupted write left behind. Rejects if what
 * cannot be read may have the newest rows: rows to come would be stored in their place.
 */
export async function scan(folder: string, unserved: Pick<UnservedFiles, 'setAside'>): Promise<ScanResult> {
  const { candidates, unreadable: places, remarks: found } = await candidatesIn(folder);
  const [unreadable, remarks] = [[...places], [...found]];
  const scanned: Unserved = {
    setAside: sentence => unserved.setAside(sentence),
    leftAlone: sentence => void remarks.push(sentence),
  };
  const known = await readIndexFile(folder);
  const files: NamedFile[] = [];
  for (const candidate of candidates) {
    const { path, day, bytes, mtimeMs } = candidate;
    const file = join(folder, path);
    const entry = known.get(path);
    if (entry !== undefined && entry.bytes === bytes && entry.mtimeMs === mtimeMs) {
      files.push(namedFile(candidate, entry));
      continue;
    }
    try {
      const footer = await readFooter(file);
      if (footer === undefined) remarks.push(`${file}: left alone: another program wrote it`);
      else files.push(namedFile(candidate, footer));
    } catch (error) {
      if (error instanceof BrokenFile) await setAside(file, 'broken', error.message, scanned);
      else unreadable.push({ path, lastDay: day, code: codeOf(error) });
    }
  }
  remarks.push(...aboutUnreadable(folder, unreadable, files));
  return { ...inOrder(folder, files, remarks), remarks };
}

/** Renames a file to `NAME.broken-N` or `NAME.future-N`, or leaves it alone if that fails. Does not reject. */
export async function setAside(
  file: string,
  kind: 'broken' | 'future',
  reason: string,
  unserved: Unserved,
): Promise<void> {
  try {
    for (let number = 1; ; number += 1) {
      const name = `${file}.${kind}-${number}`;
      if (!(await isFree(name))) continue;
      await rename(file, name);
      // Its rows may overlap those that are stored from now on: it must not be back after a power cut.
      await syncFolder(dirname(file));
      unserved.setAside(`${file}: set aside as ${name}: ${reason}`);
      return;
    }
  } catch (error) {
    unserved.leftAlone(`${file}: left out, and not set aside because of ${codeOf(error)}: ${reason}`);
  }
}

function aboutUnreadable(
  folder: string,
  unreadable: readonly UnreadablePlace[],
  files: readonly StoredFile[],
): readonly string[] {
  const newest = files.reduce((day, file) => Math.max(day, file.day), Number.NEGATIVE_INFINITY);
  return unreadable.map(({ path, lastDay, code }) => {
    if (lastDay < newest) return `${join(folder, path)}: left alone: ${code}`;
    throw new Error(
      `${join(folder, path)}: expected to read the newest files of the history, found ${code}; make it readable for this user, or move it away`,
    );
  });
}

/**
 * Files whose times increase. Files that were copied or imported into the folder may have the positions of others: a file that has a
 * position before the end of the one before it moves up behind that one. No reader remembers positions over a start.
 */
function inOrder(
  folder: string,
  found: readonly NamedFile[],
  remarks: string[],
): Omit<ScanResult, 'remarks'> {
  const sorted = [...found].sort(
    (one, other) =>
      one.firstTime - other.firstTime ||
      Number(one.isMisnamed) - Number(other.isMisnamed) ||
      other.rows - one.rows ||
      Number(one.isPart) - Number(other.isPart),
  );
  const files: StoredFile[] = [];
  const merged: MergedPart[] = [];
  for (const { isMisnamed: _isMisnamed, ...file } of sorted) {
    const last = files.at(-1);
    if (last === undefined || file.firstTime > last.lastTime) {
      const end = last === undefined ? 0 : endOfFile(last);
      files.push(file.firstPosition >= end ? file : { ...file, firstPosition: end });
    } else if (file.isPart && !last.isPart && file.lastTime <= last.lastTime)
      merged.push({ part: file, into: last });
    else remarks.push(`${join(folder, file.path)}: ${overlapText(last)}`);
  }
  return { files, merged };
}

/** A file, and whether it has the name of another day than its rows, such as a copy made by hand. */
interface NamedFile extends StoredFile {
  readonly isMisnamed: boolean;
}

/** The day of a file is that of its rows: what has to be done with them depends on it. */
function namedFile(candidate: Candidate, facts: Parameters<typeof storedFile>[1]): NamedFile {
  const day = dayOf(facts.firstTime);
  return { ...storedFile({ ...candidate, day }, facts), isMisnamed: candidate.day !== day };
}

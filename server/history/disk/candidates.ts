// Lists the files in a dataset's folder that have the names of days and parts, and removes what interrupted writes left behind.

import { readdir, stat, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { TEMPORARY } from '../../machine/durable.ts';
import { DAY_FILE, dayNamed, PART_FILE, SUFFIX } from './day.ts';
import type { StoredFile } from './stored-file.ts';

export interface Candidate extends Pick<StoredFile, 'path' | 'day' | 'isPart'> {
  readonly bytes: number;
  readonly mtimeMs: number;
}

/** A file or a folder that cannot be read, and the last day of which it may have rows. */
export interface UnreadablePlace {
  /** Within the dataset's folder. */
  readonly path: string;
  readonly lastDay: number;
  readonly code: string;
}

export interface CandidatesFound {
  readonly candidates: readonly Candidate[];
  readonly unreadable: readonly UnreadablePlace[];
  /** A sentence for each name of a day or a part that no file has, and for each Parquet file with another name. */
  readonly remarks: readonly string[];
}

/** Rejects if the folder itself cannot be read; it need not exist. */
export async function candidatesIn(folder: string): Promise<CandidatesFound> {
  const found: Walk = { folder, candidates: [], unreadable: [], remarks: [] };
  const names = await namesIn(folder);
  for (const name of names) await removeTemporary(folder, name);
  for (const year of names.filter(name => /^\d{4}$/.test(name))) {
    const months = await readable(found, year, `${year}-12-31`, () => namesIn(join(folder, year)));
    for (const month of months?.filter(name => /^(?:0[1-9]|1[0-2])$/.test(name)) ?? []) {
      await walkMonth(found, `${year}/${month}`, lastDayOf(year, month));
    }
  }
  return found;
}

/** The error code of a file system; the message if there is none. */
export function codeOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}

const A_DAY = 'a day as its name, such as 2026-11-28.parquet';
const A_PART = 'the time of its first row as the name of a part, such as 142500.parquet';

interface Walk {
  readonly folder: string;
  readonly candidates: Candidate[];
  readonly unreadable: UnreadablePlace[];
  readonly remarks: string[];
}

async function walkMonth(found: Walk, place: string, lastDay: string): Promise<void> {
  const names = await readable(found, place, lastDay, () => namesIn(join(found.folder, place)));
  for (const name of names ?? []) {
    const [, dayText = name] = DAY_FILE.exec(name) ?? [];
    const day = dayNamed(dayText);
    if (day === undefined) await passOver(found, place, name, A_DAY);
    else if (dayText !== name) await add(found, { path: `${place}/${name}`, day, isPart: false }, dayText);
    else await walkParts(found, `${place}/${name}`, day, dayText);
  }
}

async function walkParts(found: Walk, place: string, day: number, dayText: string): Promise<void> {
  const names = await readable(found, place, dayText, () => namesIn(join(found.folder, place)));
  for (const name of names ?? []) {
    if (PART_FILE.test(name)) await add(found, { path: `${place}/${name}`, day, isPart: true }, dayText);
    else await passOver(found, place, name, A_PART);
  }
}

/** Someone may have renamed a file and miss its rows. */
async function passOver(found: Walk, place: string, name: string, expected: string): Promise<void> {
  const folder = join(found.folder, place);
  await removeTemporary(folder, name);
  if (name.endsWith(SUFFIX) && !name.startsWith('.'))
    found.remarks.push(`${join(folder, name)}: left alone: expected ${expected}`);
}

async function add(
  found: Walk,
  place: Pick<Candidate, 'path' | 'day' | 'isPart'>,
  dayText: string,
): Promise<void> {
  const file = join(found.folder, place.path);
  const status = await readable(found, place.path, dayText, () => stat(file));
  if (status?.isFile()) found.candidates.push({ ...place, bytes: status.size, mtimeMs: status.mtimeMs });
  // To open a pipe would take for ever.
  else if (status !== undefined) found.remarks.push(`${file}: left alone: expected a file`);
}

/** What `read` gives; undefined if the place cannot be read. */
async function readable<T>(
  found: Walk,
  path: string,
  lastDay: string,
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    const code = codeOf(error);
    // A link to nowhere or to itself has no rows.
    if (code === 'ENOENT' || code === 'ELOOP')
      found.remarks.push(`${join(found.folder, path)}: left alone: ${code}`);
    else found.unreadable.push({ path, lastDay: dayNamed(lastDay)!, code });
    return undefined;
  }
}

function lastDayOf(year: string, month: string): string {
  return new Date(Date.UTC(Number(year), Number(month), 0)).toISOString().slice(0, 10);
}

/** A leftover that cannot be removed does no harm. */
async function removeTemporary(folder: string, name: string): Promise<void> {
  if (TEMPORARY.test(name)) await unlink(join(folder, name)).catch(() => undefined);
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error))) return [];
    throw error;
  }
}

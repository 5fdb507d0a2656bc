// Writes the past of a dataset as the server would have stored it: a file for each day, and the index of the files.
//
//   await writePast(pastFolder(), { days: 365, fullDays: [0] });

import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { DAY_COLUMNS, rowsOfDay } from './day.mjs';

/** Seconds between rows of a sparse day. */
const SPARSE = 60;

/** The day of 2025-11-01, counted from 1970. */
export const FIRST_DAY = 20_393;

export const DAY_SECONDS = 86_400;

const CACHE = join(import.meta.dirname, '../../.cache');

/** A folder for histories on the disk of the project: the folder of temporary files may be in memory. */
export function pastFolder() {
  mkdirSync(CACHE, { recursive: true });
  const path = mkdtempSync(join(CACHE, 'past-'));
  process.once('exit', () => rmSync(path, { recursive: true, force: true }));
  return path;
}

/**
 * Writes `days` days: a row a second on the days with these numbers, a row a minute on the others. Each day is stored as a part and
 * merged, as the server does it.
 * @param folder the folder of histories; `dataset` gets a folder in it
 */
export async function writePast(folder, { dataset = 'past', days = 365, fullDays = [] } = {}) {
  const { runJob } = await import('../../../build/server/history/disk/jobs.js');
  const { writeIndexFile } = await import('../../../build/server/history/disk/index-file.js');
  const path = join(folder, dataset);
  const files = [];
  let firstPosition = 0;
  for (let index = 0; index < days; index += 1) {
    const day = FIRST_DAY + index;
    const batch = rowsOfDay(day, fullDays.includes(index) ? 1 : SPARSE);
    const facts = { dataset, columns: DAY_COLUMNS, das: 'Attributes {\n}\n', firstPosition, clock: [] };
    const part = await runJob({ kind: 'write', folder: path, day, facts, batch });
    files.push(await runJob({ kind: 'merge', folder: path, day, parts: [part.path], firstPosition }));
    await rm(join(path, dirname(part.path)), { recursive: true });
    firstPosition += batch.length;
  }
  await writeIndexFile(path, files);
  return files;
}

/** Writes the first day as the parts of its flushes, and a row of the second day, so that the first one is over. Gives the number of its parts. */
export async function writeParts(folder, { dataset = 'past', rows = 600 } = {}) {
  const { runJob } = await import('../../../build/server/history/disk/jobs.js');
  const { sliceOf } = await import('../../../build/server/store/slice.js');
  const write = async (day, batch, firstPosition) => {
    const facts = { dataset, columns: DAY_COLUMNS, das: '', firstPosition, clock: [] };
    await runJob({ kind: 'write', folder: join(folder, dataset), day, facts, batch });
  };
  const batch = rowsOfDay(FIRST_DAY);
  let parts = 0;
  for (let from = 0; from < batch.length; from += rows) {
    await write(FIRST_DAY, sliceOf(batch, from, Math.min(batch.length, from + rows)), from);
    parts += 1;
  }
  await write(FIRST_DAY + 1, sliceOf(rowsOfDay(FIRST_DAY + 1, SPARSE), 0, 1), batch.length);
  return parts;
}

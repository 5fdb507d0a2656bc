// Looks at the folder of a history without opening its files: datasets, days, sizes, files set aside and files of other programs.

import { join } from 'node:path';
import { DAY_FILE, dayNamed } from '../history/disk/day.ts';
import { monthOfHours, SUMMARIES } from '../history/summaries/summary-names.ts';
import type { Machine } from '../machine/machine.ts';

export interface HistorySurvey {
  readonly datasets: readonly StoredDataset[];
  /** Files that the server has set aside, by their paths. */
  readonly setAside: readonly string[];
  /** Names that are not the server's. */
  readonly foreign: readonly string[];
}

export interface StoredDataset {
  readonly name: string;
  /** Of all its files. */
  readonly bytes: number;
  /** The oldest and the newest day, such as `2026-11-28`; undefined without one. */
  readonly days: readonly [first: string, last: string] | undefined;
  /** Bytes of a whole day, the mean of the last ones; undefined without a whole day. */
  readonly dayBytes: number | undefined;
}

type Files = Pick<Machine, 'files' | 'fileInfo'>;

/** Names of files that the server keeps beside the rows or writes at this moment, and of ext4's own folder. */
const OWN = /^\.dapberry|^\..+\.dapberry-\d+$|^lost\+found$/;
const SET_ASIDE = /\.(?:broken|future)-\d+$/;
const DATASET = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** Whole days whose mean size is the size of a day. */
const LAST_DAYS = 10;

/** Of a folder that may be missing or empty. Does not reject. */
export async function surveyHistory(machine: Files, folder: string): Promise<HistorySurvey> {
  const found: { datasets: StoredDataset[]; setAside: string[]; foreign: string[] } = {
    datasets: [],
    setAside: [],
    foreign: [],
  };
  for (const name of await namesIn(machine, folder)) {
    if (OWN.test(name)) continue;
    const stored = DATASET.test(name) ? await surveyDataset(machine, join(folder, name), found) : undefined;
    if (stored === undefined) found.foreign.push(join(folder, name));
    else found.datasets.push({ name, ...stored });
  }
  return found;
}

/** Undefined if the folder has nothing of a dataset. */
async function surveyDataset(
  machine: Files,
  folder: string,
  found: { readonly setAside: string[]; readonly foreign: string[] },
): Promise<Omit<StoredDataset, 'name'> | undefined> {
  const names = await namesIn(machine, folder);
  if (!names.some(name => /^\d{4}$/.test(name) || OWN.test(name))) return undefined;
  /** The bytes of each day, and whether it has a file for all of it. */
  const days = new Map<string, { bytes: number; isWhole: boolean }>();
  let bytes = 0;
  const years: string[] = [];
  for (const name of names) {
    if (/^\d{4}$/.test(name)) years.push(name);
    else if (name === SUMMARIES) {
      const summarised = await namesIn(machine, join(folder, name));
      years.push(...summarised.map(year => join(name, year)));
    } else if (!OWN.test(name)) found.foreign.push(join(folder, name));
  }
  for (const year of years) {
    for (const month of await namesIn(machine, join(folder, year))) {
      const place = join(folder, year, month);
      if (monthOfHours(join(year, month)) !== undefined) {
        bytes += await sizeOf(machine, place, found);
        continue;
      }
      for (const name of await namesIn(machine, place)) {
        if (OWN.test(name)) continue;
        const size = await sizeOf(machine, join(place, name), found);
        bytes += size;
        const day = name.slice(0, 'yyyy-mm-dd'.length);
        if (dayNamed(day) === undefined) found.foreign.push(join(place, name));
        else if (!SET_ASIDE.test(name)) {
          const { bytes: before = 0, isWhole = false } = days.get(day) ?? {};
          days.set(day, { bytes: before + size, isWhole: isWhole || DAY_FILE.test(name) });
        }
      }
    }
  }
  const sorted = [...days].sort(([one], [other]) => one.localeCompare(other));
  const whole = sorted
    .filter(([, { isWhole }]) => isWhole)
    .slice(-LAST_DAYS)
    .map(([, day]) => day.bytes);
  return {
    bytes,
    days: sorted.length === 0 ? undefined : [sorted[0]![0], sorted.at(-1)![0]],
    dayBytes: whole.length === 0 ? undefined : whole.reduce((sum, one) => sum + one, 0) / whole.length,
  };
}

/** The bytes of a file, or of the parts in a folder. */
async function sizeOf(machine: Files, path: string, found: { readonly setAside: string[] }): Promise<number> {
  if (SET_ASIDE.test(path)) found.setAside.push(path);
  const info = await machine.fileInfo(path);
  if (info?.kind !== 'folder') return info?.size ?? 0;
  let bytes = 0;
  for (const name of await namesIn(machine, path)) bytes += await sizeOf(machine, join(path, name), found);
  return bytes;
}

async function namesIn({ files }: Files, folder: string): Promise<readonly string[]> {
  const names = await files.list(folder).catch(() => []);
  return names.toSorted();
}

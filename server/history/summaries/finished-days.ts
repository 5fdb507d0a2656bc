// Groups the files of a history by days, and says which days are finished.

import { monthFolder } from '../disk/day.ts';
import type { StoredFile } from '../disk/stored-file.ts';

export interface DayOfFiles {
  readonly day: number;
  readonly files: readonly StoredFile[];
  /** No file of it is a part, which will be merged with others. */
  readonly isFinished: boolean;
}

/** The days of files from the one with the index `from` on, which are in the order of their rows. */
export function* daysIn(files: readonly StoredFile[], from = 0): Generator<DayOfFiles> {
  for (let at = from; at < files.length; ) {
    const { day } = files[at]!;
    let to = at + 1;
    while (to < files.length && files[to]!.day === day) to += 1;
    const own = files.slice(at, to);
    yield { day, files: own, isFinished: !own.some(({ isPart }) => isPart) };
    at = to;
  }
}

/** The finished days before `today` by their months, `2026/11`. */
export function finishedMonths(
  files: readonly StoredFile[],
  today: number,
): ReadonlyMap<string, readonly DayOfFiles[]> {
  const months = new Map<string, DayOfFiles[]>();
  for (const day of daysIn(files)) {
    if (!day.isFinished || day.day >= today) continue;
    const month = monthFolder(day.day);
    const known = months.get(month);
    if (known === undefined) months.set(month, [day]);
    else known.push(day);
  }
  return months;
}

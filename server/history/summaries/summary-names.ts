// Names the files of summaries, which stand outside the folders of the years: those hold rows alone.

import { dayName, dayNamed, monthFolder, SUFFIX } from '../disk/day.ts';

/** Seconds of the stretches that are summarised. */
export const MINUTE = 60;
export const HOUR = 3600;

export const SUMMARIES = 'summaries';

/** A file with the summaries of the minutes of a day, within the dataset's folder: `summaries/2026/11/2026-11-28.1min.parquet`. */
export function minuteFile(day: number): string {
  return `${SUMMARIES}/${monthFolder(day)}/${dayName(day)}.1min${SUFFIX}`;
}

/** A file with the summaries of the hours of the month `2026/11`: `summaries/2026/2026-11.1h.parquet`. */
export function hourFile(month: string): string {
  return `${SUMMARIES}/${month.slice(0, 4)}/${month.replace('/', '-')}.1h${SUFFIX}`;
}

/** The day of a `minuteFile`; undefined for any other path. */
export function dayOfMinutes(path: string): number | undefined {
  const day = dayNamed(/(\d{4}-\d\d-\d\d)\.1min\.parquet$/.exec(path)?.[1] ?? '');
  return day !== undefined && minuteFile(day) === path ? day : undefined;
}

/** The month of an `hourFile`; undefined for any other path. */
export function monthOfHours(path: string): string | undefined {
  const [, year, month] = /(\d{4})-(\d\d)\.1h\.parquet$/.exec(path) ?? [];
  return year !== undefined && hourFile(`${year}/${month}`) === path ? `${year}/${month}` : undefined;
}

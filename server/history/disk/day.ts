// Names the folders and files of a dataset's history by the UTC days of their rows.

const DAY_SECONDS = 86_400;

/** The number of a UTC day since 1970. */
export function dayOf(seconds: number): number {
  return Math.floor(seconds / DAY_SECONDS);
}

/** The first second after a day. */
export function endOf(day: number): number {
  return (day + 1) * DAY_SECONDS;
}

/** `2026-11-28` */
export function dayName(day: number): string {
  return new Date(day * DAY_SECONDS * 1000).toISOString().slice(0, 10);
}

/** The day of a name such as `2026-11-28`; undefined for any other text. */
export function dayNamed(name: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(name)) return undefined;
  const day = Date.parse(`${name}T00:00:00Z`) / (DAY_SECONDS * 1000);
  return Number.isInteger(day) && dayName(day) === name ? day : undefined;
}

/** The folder of a day's month within the dataset's: `2026/11`. */
export function monthFolder(day: number): string {
  const [year, month] = dayName(day).split('-');
  return `${year}/${month}`;
}

/** The folder of a day's parts within the dataset's: `2026/11/2026-11-28`. */
export function partFolder(day: number): string {
  return `${monthFolder(day)}/${dayName(day)}`;
}

/** A part's name without its suffix: the time of its first row, `142500`. */
export function partName(seconds: number): string {
  return new Date(Math.floor(seconds) * 1000).toISOString().slice(11, 19).replaceAll(':', '');
}

export const SUFFIX = '.parquet';

/** Names of whole days, with a number if a day has several files: `2026-11-28.parquet`, `2026-11-28.2.parquet`. */
export const DAY_FILE = /^(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.parquet$/;

/** Names of parts, with a number if several begin in one second: `142500.parquet`, `142500.2.parquet`. */
export const PART_FILE = /^\d{6}(?:\.\d+)?\.parquet$/;

/** The `number`th name for a file: `142500.parquet`, then `142500.2.parquet`. */
export function numbered(stem: string, number: number): string {
  return number === 1 ? `${stem}${SUFFIX}` : `${stem}.${number}${SUFFIX}`;
}

// Names the output files of a pull: one in all or one per day, with a number for each further set of columns.

import { readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { folderError } from './file-error.ts';
import { DAY } from './output.ts';

/** An existing file whose name matches the pattern, whatever it contains. */
export interface NamedFile {
  readonly path: string;
  /** `2026-11-21`; empty where the pattern has no day. */
  readonly day: string;
  /** 1 for the name without a number. */
  readonly number: number;
}

/** Splits a name at its last dot: `roof-{date}`, `.csv`. */
function partsOf(pattern: string): readonly [stem: string, ending: string] {
  const name = basename(pattern);
  const dot = name.lastIndexOf('.');
  return dot <= 0 || name.includes(DAY, dot) ? [name, ''] : [name.slice(0, dot), name.slice(dot)];
}

/** The name of the file of a day, `roof-2026-11-28.csv`, or of its further columns, `roof-2026-11-28.2.csv`. */
export function pathOf(pattern: string, day: string, number: number): string {
  const [stem, ending] = partsOf(pattern);
  const name = `${stem}${number === 1 ? '' : `.${number}`}${ending}`;
  return join(dirname(pattern), name.replaceAll(DAY, day));
}

/** The existing files whose names match the pattern, sorted by day and number. */
export async function filesOf(pattern: string): Promise<readonly NamedFile[]> {
  const folder = dirname(pattern);
  const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
    throw folderError(folder, error);
  });
  const [stem, ending] = partsOf(pattern).map(part => part.replaceAll(/[^\w]/g, '\\$&'));
  const day = DAY.replaceAll(/[{}]/g, '\\$&');
  const withDay = stem!.replace(day, '(?<day>\\d{4}-\\d{2}-\\d{2})').replaceAll(day, '\\k<day>');
  const form = new RegExp(`^${withDay}(?:\\.(?<number>[2-9]|[1-9]\\d+))?${ending}$`);
  return names
    .flatMap(name => {
      const found = form.exec(name);
      if (found === null) return [];
      const { day = '', number = '1' } = found.groups ?? {};
      return [{ path: join(folder, name), day, number: Number(number) }];
    })
    .toSorted((a, b) => (a.day === b.day ? a.number - b.number : a.day < b.day ? -1 : 1));
}

// Reads from the newest file of a dataset's history which columns the dataset had, its attributes and its last time. Changes no file.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type AttributeTable, columnAttributes, parseDas } from '../../dap/protocol.ts';
import type { SequenceLayout } from '../source/row-source.ts';
import { DAY_FILE, dayNamed, PART_FILE } from './disk/day.ts';
import { readFooter } from './parquet/file-reader.ts';

export interface RememberedLayout {
  readonly layout: SequenceLayout;
  readonly attributes: AttributeTable;
  /** The time of the last row of the file, in seconds since 1970. */
  readonly lastTime: number;
}

/** Undefined if no row is stored, or the newest file cannot be read. Does not reject. */
export async function rememberedLayout(path: string, dataset: string): Promise<RememberedLayout | undefined> {
  const folder = join(path, dataset);
  const file = await newestFile(folder).catch(() => undefined);
  const footer = file === undefined ? undefined : await readFooter(file).catch(() => undefined);
  if (footer === undefined) return undefined;
  try {
    const attributes = parseDas(footer.das);
    const [name] = [...attributes.keys()].filter(key => key !== 'NC_GLOBAL');
    if (name === undefined) return undefined;
    const columns = footer.columns.map(({ type, name: column }) => ({
      ...{ type, name: column },
      attributes: columnAttributes(attributes, name, column) ?? new Map(),
    }));
    return { layout: { name, columns }, attributes, lastTime: footer.lastTime };
  } catch {
    return undefined;
  }
}

/** The file with the newest rows by its name; undefined if there is none. */
async function newestFile(folder: string): Promise<string | undefined> {
  for (const year of await newestFirst(folder, /^\d{4}$/)) {
    for (const month of await newestFirst(join(folder, year), /^\d{2}$/)) {
      const place = join(folder, year, month);
      const days = await newestFirst(place, /^\d{4}-\d\d-\d\d/);
      for (const day of days) {
        if (DAY_FILE.test(day)) return join(place, day);
        if (dayNamed(day) === undefined) continue;
        const [part] = await newestFirst(join(place, day), PART_FILE);
        if (part !== undefined) return join(place, day, part);
      }
    }
  }
  return undefined;
}

async function newestFirst(folder: string, names: RegExp): Promise<readonly string[]> {
  return (await readdir(folder))
    .filter(name => names.test(name))
    .sort()
    .reverse();
}

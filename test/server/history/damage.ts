// Damages files of a history, as worn cards and careless hands do.

import { readdirSync, readFileSync, truncateSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HistoryFile, readFooter } from '../../../server/history/parquet/file-reader.ts';

export type Damage = 'flip' | 'cut' | 'clear' | 'delete';

/** One of the files of rows below a folder; undefined if there is none, or if it is damaged already. */
export async function damageable(
  folder: string,
  which: number,
): Promise<{ readonly path: string; readonly footer: HistoryFile } | undefined> {
  const names = parquetFiles(folder);
  const name = names[which % names.length];
  if (name === undefined) return undefined;
  const path = join(folder, name);
  const footer = await readFooter(path).catch(() => undefined);
  return footer && { path, footer };
}

/** A file, and the parts of which it was merged: if it alone is deleted, the next start serves these. */
export async function withParts(
  folder: string,
  { path, footer }: { readonly path: string; readonly footer: HistoryFile },
): Promise<readonly string[]> {
  const files = [path];
  for (const name of parquetFiles(folder)) {
    const other = join(folder, name);
    const found = await readFooter(other).catch(() => undefined);
    const isWithin =
      found !== undefined &&
      found.firstPosition >= footer.firstPosition &&
      found.firstPosition + found.rows <= footer.firstPosition + footer.rows;
    if (isWithin && other !== path) files.push(other);
  }
  return files;
}

function parquetFiles(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith('.parquet'))
    .sort();
}

/** @param at where, as a part of the file */
export function damage(file: string, at: number, how: Damage): void {
  try {
    const bytes = readFileSync(file);
    const place = Math.floor(at * bytes.length);
    if (how === 'flip') bytes[place]! ^= 1 << (place % 8);
    if (how === 'clear') bytes.fill(0, place, Math.min(bytes.length, place + 512));
    if (how === 'delete') unlinkSync(file);
    else if (how === 'cut') truncateSync(file, place);
    else writeFileSync(file, bytes, { flag: 'r+' });
  } catch (error) {
    // It was merged meanwhile.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

// Keeps the facts of a dataset's files in `.dapberry-index.json`, so that a start need not read a year of footers. It is only a cache.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { z } from 'zod';
import { writeDurably } from '../../machine/durable.ts';
import { writeAll } from '../parquet/file-writer.ts';
import type { StoredFile } from './stored-file.ts';

const NAME = '.dapberry-index.json';

const ENTRIES = z.object({
  version: z.literal(2),
  crc32: z.number(),
  files: z.array(
    z.object({
      path: z.string(),
      bytes: z.number(),
      mtimeMs: z.number(),
      firstPosition: z.number(),
      rows: z.number(),
      firstTime: z.number(),
      lastTime: z.number(),
      groupTimes: z.array(z.number()),
    }),
  ),
});

export type IndexEntry = Omit<StoredFile, 'day' | 'isPart'> & {
  /** As the file system gives it: a file that was changed is read anew. */
  readonly mtimeMs: number;
};

/** The entries by path; none if there is no such file, or none that can be read. */
export async function readIndexFile(folder: string): Promise<ReadonlyMap<string, IndexEntry>> {
  try {
    const found = JSON.parse(await readFile(join(folder, NAME), 'utf8')) as { files?: unknown };
    const { files, crc32: checksum } = ENTRIES.parse(found);
    // A digit that has changed on a worn card would move rows.
    if (checksum !== crc32(JSON.stringify(found.files))) return new Map();
    return new Map(
      files.map(entry => [entry.path, { ...entry, groupTimes: Float64Array.from(entry.groupTimes) }]),
    );
  } catch {
    return new Map();
  }
}

export async function writeIndexFile(folder: string, files: readonly StoredFile[]): Promise<void> {
  const entries = await Promise.all(
    files.map(async ({ day: _day, isPart: _isPart, ...file }) => ({
      ...file,
      groupTimes: [...file.groupTimes],
      mtimeMs: (await stat(join(folder, file.path))).mtimeMs,
    })),
  );
  const bytes = Buffer.from(
    JSON.stringify({ version: 2, crc32: crc32(JSON.stringify(entries)), files: entries }),
  );
  await writeDurably(folder, NAME, handle => writeAll(handle, bytes));
}

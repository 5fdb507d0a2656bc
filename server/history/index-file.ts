// Keeps the facts of a dataset's files in `.dapberry-index.json`, so that a start need not read a year of footers. It is only a cache.

import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from './durable.ts';
import { writeAll } from './file-writer.ts';
import type { StoredFile } from './stored-file.ts';

const NAME = '.dapberry-index.json';

const ENTRIES = z.object({
  version: z.literal(1),
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
    const { files } = ENTRIES.parse(JSON.parse(await readFile(join(folder, NAME), 'utf8')));
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
  const bytes = Buffer.from(JSON.stringify({ version: 1, files: entries }));
  await writeDurably(folder, NAME, handle => writeAll(handle, bytes));
}

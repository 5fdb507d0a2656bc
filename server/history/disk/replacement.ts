// Adds files to a history and removes others all at once: what a crash interrupts is finished when the folder is opened next.

import { chown, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { isFree, makeFolder, syncFolder, writeDurably } from '../../machine/durable.ts';
import { writeAll } from '../parquet/file-writer.ts';
import { deleteFiles } from './deleting.ts';

/** The folder within a history's in which files are prepared. No dataset can have this name. */
export const STAGING = '.dapberry-import';

const PLAN = 'plan.json';

const PLAN_SCHEMA = z.object({
  version: z.literal(1),
  /** Files by their names in the staging folder, and their paths in the history's. They replace a file only if it is to be removed. */
  add: z.array(z.object({ name: z.string(), path: z.string() })),
  /** Paths in the history's folder. */
  remove: z.array(z.string()),
});

export type Replacement = Omit<z.infer<typeof PLAN_SCHEMA>, 'version'>;

/**
 * Carries out a replacement, whose files are durable in the staging folder. When it rejects, the history is as before, or the next
 * opening of the folder carries it out.
 */
export async function replaceFiles(folder: string, replacement: Replacement): Promise<void> {
  const staging = join(folder, STAGING);
  const text = JSON.stringify({ version: 1, ...replacement });
  await syncFolder(folder);
  await writeDurably(staging, PLAN, handle => writeAll(handle, Buffer.from(text)));
  await finishReplacement(folder);
}

/** Carries out a replacement that was interrupted, and removes the staging folder with files that are of none. */
export async function finishReplacement(folder: string): Promise<void> {
  const staging = join(folder, STAGING);
  const text = await readFile(join(staging, PLAN), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'ENOENT') throw error;
  });
  if (text !== undefined) {
    const { add, remove } = PLAN_SCHEMA.parse(JSON.parse(text));
    const added = new Set<string>();
    for (const { name, path } of add) added.add(await place(folder, name, path, remove));
    for (const place of new Set([...added].map(dirname))) await syncFolder(join(folder, place));
    await deleteFiles(
      folder,
      remove.filter(path => !added.has(path)).map(path => ({ path })),
    );
    // Without the plan, the rest of the staging folder has no meaning.
    await rm(join(staging, PLAN));
    await syncFolder(staging);
  }
  await rm(staging, { recursive: true, force: true });
}

/** Removes the staging folder, unless a replacement from it has begun, which the next opening of the folder carries out. */
export async function dropStaging(folder: string): Promise<void> {
  const staging = join(folder, STAGING);
  if (await isFree(join(staging, PLAN))) await rm(staging, { recursive: true, force: true });
}

/** Gives a staged file its place, and returns its path. One that is no longer staged has it already. */
async function place(
  folder: string,
  name: string,
  path: string,
  replaceable: readonly string[],
): Promise<string> {
  const staged = join(folder, STAGING, name);
  if (await isFree(staged)) return path;
  let free = path;
  for (let number = 2; !replaceable.includes(free) && !(await isFree(join(folder, free))); number += 1) {
    // Someone has put a file there since.
    free = path.replace(/(?:\.\d+)?\.parquet$/, `.${number}.parquet`);
  }
  await makeFolder(dirname(join(folder, free)), folder);
  await rename(staged, join(folder, free));
  await giveToOwner(folder, free);
  return free;
}

/** Gives a file and the folders above it to the owner of the history's folder, as which the server runs. */
export async function giveToOwner(folder: string, path: string): Promise<void> {
  const { uid, gid } = await stat(folder);
  if (process.getuid?.() !== 0 || uid === 0) return;
  for (let at = path; at !== '.'; at = dirname(at)) await chown(join(folder, at), uid, gid);
}

// Finds files of a dataset's history that somebody has deleted.

import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { StoredFile } from './stored-file.ts';

export class LostFiles {
  /** The dataset's folder. */
  readonly #folder: string;
  /** When each folder changed last, as the file system said before its names were read. */
  readonly #changed = new Map<string, number>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Those of `files` that are not there any more. Reads only the names of folders that have changed since the last call. */
  async among(files: readonly StoredFile[]): Promise<readonly StoredFile[]> {
    const lost: StoredFile[] = [];
    // An empty folder may be a mount point whose disk is away.
    if (((await namesIn(this.#folder)) ?? []).length === 0) return lost;
    for (const [place, own] of byFolder(files)) {
      const folder = join(this.#folder, place);
      const changed = await changeOf(folder);
      if (changed === undefined || changed === this.#changed.get(place)) continue;
      const names = await namesIn(folder);
      if (names === undefined) continue;
      this.#changed.set(place, changed);
      lost.push(...own.filter(({ path }) => !names.includes(basename(path))));
    }
    return lost;
  }
}

function byFolder(files: readonly StoredFile[]): ReadonlyMap<string, readonly StoredFile[]> {
  const folders = new Map<string, StoredFile[]>();
  for (const file of files) {
    const place = dirname(file.path);
    const own = folders.get(place);
    if (own === undefined) folders.set(place, [file]);
    else own.push(file);
  }
  return folders;
}

/** When the names in a folder changed last; 0 if it is not there, undefined if it cannot be looked at. */
function changeOf(folder: string): Promise<number | undefined> {
  return stat(folder).then(
    ({ mtimeMs }) => mtimeMs,
    (error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? 0 : undefined),
  );
}

/** None if the folder is not there, undefined if it cannot be read. */
function namesIn(folder: string): Promise<readonly string[] | undefined> {
  return readdir(folder).catch((error: NodeJS.ErrnoException) => (error.code === 'ENOENT' ? [] : undefined));
}

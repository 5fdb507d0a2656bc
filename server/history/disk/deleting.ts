// Deletes files of a dataset's history, with the folders that are empty then.

import { rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { syncFolder } from '../../machine/durable.ts';
import type { StoredFile } from './stored-file.ts';

/** Files that were made from files of rows, and go with them. */
export interface DerivedFiles {
  readonly bytes: number;
  /** Deletes those whose files of rows are not among `files`. */
  removeOrphans(files: readonly StoredFile[]): Promise<void>;
}

/** @param folder the dataset's folder, which stays. A file that is not there is no error. */
export async function deleteFiles(folder: string, files: readonly Pick<StoredFile, 'path'>[]): Promise<void> {
  for (const { path } of files) {
    await unlink(join(folder, path)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
  for (const place of new Set(files.map(({ path }) => join(folder, dirname(path))))) {
    await syncFolder(place).catch(() => undefined);
    await removeEmpty(place, folder);
  }
}

async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at !== top && at.startsWith(top); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

// Writes files so that a power cut leaves either the whole file under its name or no file.

import { type FileHandle, lstat, mkdir, open, rename, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** Names of files that are being written; a process that ends meanwhile leaves them behind. */
export const TEMPORARY = /^\.(.+)\.dapberry-\d+$/;

export function temporaryName(folder: string, name: string): string {
  return join(folder, `.${name}.dapberry-${process.pid}`);
}

/**
 * Creates a folder with the folders above it, so that they survive a power cut. A folder that is there may be one that a process has
 * created and not synced: those below `top` are synced in any case.
 */
export async function makeFolder(folder: string, top = folder): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o755 });
  const created = first === undefined ? folder : dirname(first);
  const last = created.length < top.length ? created : top;
  for (let at = folder; at !== last; ) {
    at = dirname(at);
    await syncFolder(at);
  }
}

/** Syncs the folders above a folder that another process has created, as far as this one may. */
export async function syncAbove(folder: string): Promise<void> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    await syncFolder(dirname(at)).catch(() => undefined);
  }
}

export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } catch (error) {
    // Some file systems of other machines (CIFS, FUSE) cannot sync a folder.
    if (!['EINVAL', 'ENOTSUP', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    await handle.close();
  }
}

/**
 * Writes a file beside its name by `write`, syncs it, gives it its name, which replaces a file of that name, and syncs the folder.
 * Rejects with the error of the file system; then there is no such file, unless it cannot be removed again, or the file of that name
 * that was there: the new one, where only the folder could not be synced.
 */
export async function writeDurably<T>(
  folder: string,
  name: string,
  write: (handle: FileHandle) => Promise<T>,
  mode = 0o644,
): Promise<T> {
  const temporary = temporaryName(folder, name);
  const file = join(folder, name);
  let isNew = false;
  try {
    const handle = await open(temporary, 'w', mode);
    let result: T;
    try {
      result = await write(handle);
      await handle.sync();
    } finally {
      await handle.close();
    }
    const isReplaced = !(await isFree(file));
    await rename(temporary, file);
    isNew = !isReplaced;
    await syncFolder(folder);
    return result;
  } catch (error) {
    await unlink(isNew ? file : temporary).catch(() => undefined);
    throw error;
  }
}

/** Whether nothing has this name. Rejects if the folder cannot be read. */
export async function isFree(file: string): Promise<boolean> {
  try {
    await lstat(file);
    return false;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

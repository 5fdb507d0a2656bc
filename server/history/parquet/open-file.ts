// Opens a file for reading, and nothing else that has its name.

import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';

/** Rejects with ENOENT if the name is that of a folder or of a pipe, to which opening it would wait for ever. */
export async function openFile(file: string): Promise<FileHandle> {
  const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    if ((await handle.stat()).isFile()) return handle;
    throw Object.assign(new Error(`${file}: expected a file`), { code: 'ENOENT' });
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Runs `read` on a file. Rejects as `openFile` and `read` do. */
export async function withFile<T>(file: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
  const handle = await openFile(file);
  try {
    return await read(handle);
  } finally {
    await handle.close();
  }
}

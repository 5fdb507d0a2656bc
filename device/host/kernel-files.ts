// Reads and writes the files of the kernel below /proc, /sys and /dev, or below a folder that imitates them.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The kernel's files, by their usual absolute paths, such as `/proc/stat` or `/sys/class/thermal`. */
export interface KernelFiles {
  /** The whole text of a file. Rejects if the file is missing (code ENOENT) or its driver reports an error. */
  read(path: string, signal?: AbortSignal): Promise<string>;
  /**
   * Writes to an existing file in one call, as drivers expect. Rejects if the file is missing (code ENOENT), if this user may
   * not write it (EACCES, EPERM, EROFS) or if its driver reports an error.
   */
  write(path: string, text: string): Promise<void>;
  /** The names in a folder; none if there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The kernel makes these files from its own memory, at once; a file in /sys may wait for its hardware. */
const AT_ONCE = /^\/proc\//;

/** The files of the running kernel, or of a tree of the same shape below `root`. */
export function kernelFiles(root = '/'): KernelFiles {
  return {
    read: async (path, signal) => {
      signal?.throwIfAborted();
      const place = join(root, path);
      if (AT_ONCE.test(path)) return readAtOnce(place);
      return readFile(place, { encoding: 'utf8', ...(signal && { signal }) });
    },
    write: async (path, text) => {
      // Without O_CREAT, since only the kernel can make a file that has a meaning.
      const file = await open(join(root, path), constants.O_WRONLY);
      try {
        await file.write(text);
      } finally {
        await file.close();
      }
    },
    list: async path => {
      try {
        return await readdir(join(root, path));
      } catch (error) {
        if (isMissing(error)) return [];
        throw error;
      }
    },
  };
}

/** The buffer of `readAtOnce`, which grows to the longest file. */
let memory = Buffer.alloc(4096);

/** Reads with three system calls and no new memory; a read by the thread pool costs ten times as much. */
function readAtOnce(path: string): string {
  const file = openSync(path, 'r');
  try {
    let length = 0;
    for (;;) {
      const read = readSync(file, memory, length, memory.length - length, null);
      if (read === 0) return memory.toString('utf8', 0, length);
      length += read;
      if (length === memory.length) memory = Buffer.concat([memory], 2 * length);
    }
  } finally {
    closeSync(file);
  }
}

/** The error of `read` for a missing file. */
export function missingFile(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

/** The error of `write` for a file of another user. */
export function refusedFile(path: string): Error {
  return Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' });
}

/** Whether the error means that a file or folder is missing. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, ['ENOENT']);
}

/** Whether the error means that this user, or this sandbox, has no permission. */
export function isRefused(error: unknown): boolean {
  return hasCode(error, ['EACCES', 'EPERM', 'EROFS']);
}

function hasCode(error: unknown, codes: readonly unknown[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

/** The text of a file. A driver's error, which only says that reading failed, gets the path as a prefix. */
export async function textAt(files: KernelFiles, path: string, signal?: AbortSignal): Promise<string> {
  try {
    return await files.read(path, signal);
  } catch (error) {
    if (signal?.aborted || !(error instanceof Error) || error.message.includes(path)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw Object.assign(
      new Error(`${path}: ${error.message}`, { cause: error }),
      code === undefined ? {} : { code },
    );
  }
}

/**
 * Checks that the file which names a device still has the expected text: the kernel reuses the numbers of devices.
 * @throws one sentence, if the text is another
 */
export async function expectText(
  files: KernelFiles,
  path: string,
  expected: string,
  signal?: AbortSignal,
): Promise<void> {
  const found = (await textAt(files, path, signal)).trim();
  if (found !== expected) {
    throw new Error(
      `${path}: expected ${expected}, found ${JSON.stringify(found.slice(0, 60))}: another device is there now`,
    );
  }
}

/**
 * Reads a file that a sensor needs, when the sensor is opened.
 * @throws one sentence about the machine, if the file is missing
 */
export async function readAtOpening(files: KernelFiles, path: string): Promise<string> {
  try {
    return await files.read(path);
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new Error(
      `${path} is not there: the host's own sensors read the files of the Linux kernel, and this machine (${process.platform}) has none`,
      { cause: error },
    );
  }
}

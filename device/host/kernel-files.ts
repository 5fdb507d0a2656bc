// Where the kernel's own files are read: the proc and sysfs trees, or a stand-in for them.

import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The kernel's files, by their usual absolute paths: `/proc/stat`, `/sys/class/thermal`. */
export interface KernelFiles {
  /** The whole text of a file, as it is now. Rejects where it is not there (code ENOENT) or its driver gives an error. */
  read(path: string, signal?: AbortSignal): Promise<string>;
  /**
   * Writes to a file that is there, in one piece, as drivers want it. Rejects where it is not (code ENOENT), where this user
   * may not (EACCES, EPERM, EROFS) or its driver gives an error.
   */
  write(path: string, text: string): Promise<void>;
  /** The names in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The kernel makes these out of its own memory, at once; a file in /sys may wait for the hardware behind it. */
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
      // Without O_CREAT: a file that the kernel has not made means nothing to it.
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

/** Grows to the longest file that was read. */
let memory = Buffer.alloc(4096);

/** Three calls of the kernel and no memory: a read through the thread pool costs ten times that, every second, for years. */
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

/** The error that `read` gives for a file that is not there. */
export function missingFile(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

/** The error that `write` gives for a file of another user. */
export function refusedFile(path: string): Error {
  return Object.assign(new Error(`EACCES: permission denied, open '${path}'`), { code: 'EACCES' });
}

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return hasCode(error, ['ENOENT']);
}

/** Whether an error says that this user, or anyone in this sandbox, may not do that. */
export function isRefused(error: unknown): boolean {
  return hasCode(error, ['EACCES', 'EPERM', 'EROFS']);
}

function hasCode(error: unknown, codes: readonly unknown[]): boolean {
  return error instanceof Error && 'code' in error && codes.includes(error.code);
}

/** The text of a file; the error of a driver, which only says that reading failed, gets the place to it. */
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
 * Sees that a device is still the one that it was found to be.
 * @throws where the file that names it says anything else: numbers, and folders called by them, are given anew
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
 * Reads a file once at opening, since a sensor cannot do without it.
 * @throws one sentence that says what the machine lacks, where the file is not there
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

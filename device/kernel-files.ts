// Where the kernel's own files are read: the proc and sysfs trees, or a stand-in for them.

import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The kernel's files, by their usual absolute paths: `/proc/stat`, `/sys/class/thermal`. */
export interface KernelFiles {
  /** The whole text of a file, as it is now. Rejects where it is not there (code ENOENT) or its driver gives an error. */
  read(path: string, signal?: AbortSignal): Promise<string>;
  /** The names in a folder; none where there is no such folder. */
  list(path: string): Promise<readonly string[]>;
}

/** The files of the running kernel, or of a tree of the same shape below `root`. */
export function kernelFiles(root = '/'): KernelFiles {
  return {
    read: (path, signal) => readFile(join(root, path), { encoding: 'utf8', ...(signal && { signal }) }),
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

/** The error that `read` gives for a file that is not there. */
export function missingFile(path: string): Error {
  return Object.assign(new Error(`ENOENT: no such file or directory, open '${path}'`), { code: 'ENOENT' });
}

/** Whether an error says that a file or folder is not there. */
export function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ENOENT';
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

// Interprets `--output`: standard output, a stream such as a FIFO or a device, or files.

import { constants, type Stats } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { fileError, folderError } from './file-error.ts';

/** The placeholder in a file name for the day of its rows in UTC, such as `2026-11-21`. */
export const DAY = '{date}';

export type Output =
  | { readonly kind: 'standard' }
  | { readonly kind: 'fifo' | 'device' | 'error'; readonly path: string }
  /** `pattern` is the name of the file, with or without `{date}` in its last part. */
  | { readonly kind: 'files'; readonly pattern: string };

const STANDARD = new Set(['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1']);
const STANDARD_ERROR = new Set(['/dev/stderr', '/dev/fd/2', '/proc/self/fd/2']);

/** Names of descriptors that the process has open already: `pull` does not continue such files. */
const OPEN_ALREADY = /^\/(?:dev\/fd\/|proc\/[^/]+\/fd\/)/;

/** Whether rows go to standard output. */
export function isStandardOutput(output: string | undefined): boolean {
  return output === undefined || STANDARD.has(output);
}

/**
 * Examines the path without opening it.
 * @throws one sentence if rows cannot be written there
 */
export async function outputOf(output: string | undefined): Promise<Output> {
  if (output === undefined || isStandardOutput(output)) return { kind: 'standard' };
  if (STANDARD_ERROR.has(output)) return { kind: 'error', path: output };
  if (output.includes('\0')) throw new Error(`expected the name of a file, found one with U+0000 NULL in it`);
  const placeholder = /\{[a-z]*\}/i.exec(basename(output).replaceAll(DAY, ''))?.[0];
  if (placeholder !== undefined)
    throw new Error(
      `${output}: expected no other placeholder than ${DAY} in the name of a file, found ${placeholder}`,
    );
  if (dirname(output).includes(DAY)) {
    throw new Error(`${output}: expected ${DAY} in the name of the file, found it in that of a folder`);
  }
  const found = await statusOf(output);
  if (found?.isFIFO() === true) return { kind: 'fifo', path: output };
  if (found?.isCharacterDevice() === true || OPEN_ALREADY.test(output))
    return { kind: 'device', path: output };
  if (found !== undefined && !found.isFile()) {
    throw new Error(`${output}: expected a file, found ${kindOf(found)}; name another one with --output`);
  }
  const folder = dirname(output);
  if (basename(output) === '' || output.endsWith('/')) {
    throw new Error(`${output}: expected the name of a file, found that of a folder`);
  }
  try {
    await access(folder, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw folderError(folder, error);
  }
  return { kind: 'files', pattern: output };
}

/** Undefined if the path does not exist. */
async function statusOf(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw fileError(path, error);
  }
}

function kindOf(found: Stats): string {
  if (found.isDirectory()) return 'a folder';
  if (found.isBlockDevice()) return 'a disk';
  return found.isSocket() ? 'a socket' : 'something else';
}

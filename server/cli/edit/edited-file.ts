// Reads the file that is edited, and replaces it atomically with its owner and mode.

import { access, constants, open, readFile, realpath, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { firstForeign, foreignByte, wideEncoding } from '../../../device/index.ts';
import { writeDurably } from '../../machine/durable.ts';

export interface EditedFile {
  /** The file that a link names. */
  readonly path: string;
  /** Undefined if there is no file yet. */
  readonly text: string | undefined;
}

/** Rejects with a sentence if the file cannot be read, or its folder cannot be written; then `advice` says what to do. */
export async function readEdited(file: string, advice: string): Promise<EditedFile> {
  const path = await realpath(file).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return file;
    throw error;
  });
  await access(dirname(path), constants.W_OK).catch(() => {
    throw new Error(`expected a folder that this user may write, found ${dirname(path)}: ${advice}`);
  });
  return { path, text: await textOf(path) };
}

/** Undefined for no file. Rejects with a sentence if the file is not UTF-8: to save its text would replace its characters. */
export async function textOf(path: string): Promise<string | undefined> {
  const bytes = await readFile(path).catch(error => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  });
  return bytes && utf8Text(path, bytes);
}

/** The text of a file with its byte order mark, so that it is saved as it was. */
function utf8Text(path: string, bytes: Buffer): string {
  const wide = wideEncoding(bytes);
  if (wide !== undefined) throw new Error(`${path}: expected UTF-8, found ${wide}: ${SAVE}`);
  const foreign = firstForeign(bytes);
  if (foreign === undefined) return bytes.toString('utf8');
  const line = bytes.subarray(0, foreign).toString('latin1').split('\n').length;
  throw new Error(`${path}:${line}: expected UTF-8, found ${foreignByte(bytes[foreign]!)}: ${SAVE}`);
}

const SAVE = 'save the file as UTF-8 with another editor';

export async function replaceEdited(path: string, text: string): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  await writeDurably(
    dirname(path),
    basename(path),
    async handle => {
      if (status !== undefined) {
        await handle.chown(status.uid, status.gid);
        await handle.chmod(status.mode & 0o7777);
      }
      await handle.writeFile(text);
    },
    0o644,
  );
}

/** Keeps a text beside the file that it was in, under a name that is free, with the rights of that file. Returns the path. */
export async function keepBeside(path: string, text: string): Promise<string> {
  const { uid, gid, mode } = await stat(path);
  for (let copy = 1; ; copy += 1) {
    const kept = `${path}.old${copy === 1 ? '' : copy}`;
    const handle = await open(kept, 'wx', mode & 0o777).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error;
      return undefined;
    });
    if (handle === undefined) continue;
    try {
      await handle.chown(uid, gid);
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    return kept;
  }
}

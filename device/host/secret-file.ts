// Reads files of secrets, or credentials of systemd, and refuses those that other users of the machine may read.

import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, reasonOf } from './file-reason.ts';

/** Bytes. */
const LARGEST = 2 ** 20;

const OTHERS = 0o007;
const GROUP_WRITES = 0o020;

/** What is wrong about a file. */
export interface FileFault {
  readonly expected: string;
  readonly found: string;
  /** What to do. */
  readonly hint?: string;
  /** This user may not read it, but the service may be able to. */
  readonly isOfOthers?: true;
}

export const NO_CREDENTIALS: FileFault = {
  expected: 'an absolute path, or the name of a credential that systemd passes (LoadCredential= in the unit)',
  found: 'a name, and no credentials in $CREDENTIALS_DIRECTORY',
  isOfOthers: true,
};

/**
 * The path of a file of secrets: an absolute path, or the name of a credential that systemd passes (LoadCredential=). Undefined for a
 * name where none are passed.
 */
export function secretPath(
  written: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { CREDENTIALS_DIRECTORY: folder = '' } = environment;
  if (written.startsWith('/')) return written;
  return folder === '' ? undefined : join(folder, written);
}

/** The text of the file, or what is wrong about it. `isOwn` files of systemd's credentials have rights that it has set. */
export async function readSecret(path: string, { isOwn }: { isOwn: boolean }): Promise<string | FileFault> {
  try {
    // Does not wait for a writer of a FIFO.
    const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const info = await file.stat();
      if (!info.isFile()) return { expected: 'the path of a file', found: 'something else' };
      if (info.size > LARGEST)
        return { expected: `a file of at most ${LARGEST} bytes`, found: `${info.size}` };
      const fault = isOwn ? undefined : rightsFault(path, info);
      return fault ?? (await file.readFile('utf8'));
    } finally {
      await file.close();
    }
  } catch (error) {
    const code = codeOf(error);
    const fault = { expected: 'the path of a file that the server can read', found: reasonOf(code) };
    return code === 'EACCES' || code === 'EPERM' ? { ...fault, isOfOthers: true } : fault;
  }
}

function rightsFault(path: string, { mode, uid }: { mode: number; uid: number }): FileFault | undefined {
  const found = `the rights ${(mode & 0o777).toString(8)}`;
  if ((mode & OTHERS) !== 0)
    return {
      expected: 'a file that other users of this machine may not read',
      found,
      hint: `run: sudo chmod o= ${path}`,
    };
  if ((mode & GROUP_WRITES) !== 0)
    return { expected: 'a file that its group may not write', found, hint: `run: sudo chmod g-w ${path}` };
  if (uid !== 0 && uid !== process.getuid?.())
    return {
      expected: 'a file of root or of the user that runs the server',
      found: `a file of the user ${uid}`,
      hint: `run: sudo chown root ${path}`,
    };
  return undefined;
}

// Reads the file of users that the configuration names, and refuses one that other users of the machine may read.

import { constants, open } from 'node:fs/promises';
import { join } from 'node:path';
import { parseUsers, type Users } from '../access/users.ts';
import type { Config } from './config.ts';
import type { SourceDocument } from './load.ts';
import { problemAt } from './mistakes/explain.ts';
import { codeOf, reasonOf } from './text/find.ts';
import type { Problem } from './text/problem.ts';

/** Bytes. */
const LARGEST = 2 ** 20;

const OTHERS = 0o007;
const GROUP_WRITES = 0o020;

/** What is wrong about the file itself; `Problem`s are of its lines. */
export type Fault = Pick<Problem, 'expected' | 'found' | 'hint'>;

type UsersRead =
  | { readonly users: Users }
  | { readonly problems: readonly Problem[] }
  | {
      readonly fault: Fault;
      /** Only the service may be able to read it. */
      readonly isOfOthers: boolean;
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

/** Does not reject. */
async function readUsers(
  written: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<UsersRead> {
  const path = secretPath(written, environment);
  if (path === undefined) return { fault: NO_CREDENTIALS, isOfOthers: true };
  const content = await readSecret(path, { isOwn: path !== written });
  if (typeof content === 'object')
    return { fault: content, isOfOthers: content.found === reasonOf('EACCES') };
  const { users, mistakes } = parseUsers(content);
  if (mistakes.length === 0) return { users };
  return {
    problems: mistakes.map(({ line, expected, found }) => ({
      source: path,
      ...{ line, column: 1, path: '' },
      ...{ expected, found },
    })),
  };
}

const NO_CREDENTIALS: Fault = {
  expected: 'an absolute path, or the name of a credential that systemd passes (LoadCredential= in the unit)',
  found: 'a name, and no credentials in $CREDENTIALS_DIRECTORY',
};

export interface SecretOptions {
  readonly secrets: 'serve' | 'check' | undefined;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The configuration with the users of its file, or the mistakes; with remarks where `check` cannot read the file. */
export async function withUsers(
  config: Config,
  documents: readonly SourceDocument[],
  { secrets, environment }: SecretOptions,
): Promise<
  | { readonly config: Config; readonly secrets: readonly string[]; readonly remarks: readonly string[] }
  | { readonly problems: readonly Problem[]; readonly secrets: readonly string[] }
> {
  const { access } = config;
  if (access === undefined || secrets === undefined) return { config, secrets: [], remarks: [] };
  const read = await readUsers(access.file, environment);
  const path = secretPath(access.file, environment);
  const named = path === undefined ? [] : [path];
  if ('problems' in read) return { ...read, secrets: named };
  if ('users' in read) {
    const rules = { ...access.rules, users: read.users };
    return { config: { ...config, access: { ...access, rules } }, secrets: named, remarks: [] };
  }
  const { fault, isOfOthers } = read;
  if (secrets === 'check' && isOfOthers) {
    const remark = `access.users is not checked: expected ${fault.expected}, found ${fault.found}`;
    return { config, secrets: [], remarks: [remark] };
  }
  const main = documents.find(({ dataset }) => dataset === undefined);
  const problem = problemAt({ document: main!.document, prefix: [] }, ['access', 'users'], 'value', fault);
  return { problems: [problem], secrets: named };
}

/** The text of the file, or what is wrong about it. `isOwn` files of systemd's credentials have rights that it has set. */
async function readSecret(path: string, { isOwn }: { isOwn: boolean }): Promise<string | Fault> {
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
    return { expected: 'the path of a file that the server can read', found: reasonOf(codeOf(error)) };
  }
}

function rightsFault(path: string, { mode, uid }: { mode: number; uid: number }): Fault | undefined {
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

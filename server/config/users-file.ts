// Reads the file of users that the configuration names, and refuses one that other users of the machine may read.

import { parseUsers, type Users } from '../access/users.ts';
import { type FileFault, NO_CREDENTIALS, readSecret, secretPath } from '../machine/secret-file.ts';
import type { Config } from './config.ts';
import type { SourceDocument } from './load.ts';
import { problemAt } from './mistakes/explain.ts';
import type { Problem } from './text/problem.ts';

type UsersRead =
  | { readonly users: Users }
  | { readonly problems: readonly Problem[] }
  | { readonly fault: FileFault };

/** Does not reject. */
async function readUsers(
  written: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<UsersRead> {
  const path = secretPath(written, environment);
  if (path === undefined) return { fault: NO_CREDENTIALS };
  const content = await readSecret(path, { isOwn: path !== written });
  if (typeof content === 'object') return { fault: content };
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
  const { isOfOthers, ...fault } = read.fault;
  if (secrets === 'check' && isOfOthers === true) {
    const remark = `access.users is not checked: expected ${fault.expected}, found ${fault.found}`;
    return { config, secrets: [], remarks: [remark] };
  }
  const main = documents.find(({ dataset }) => dataset === undefined);
  const problem = problemAt({ document: main!.document, prefix: [] }, ['access', 'users'], 'value', fault);
  return { problems: [problem], secrets: named };
}

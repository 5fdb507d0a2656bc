// Reads the users of the server from lines such as `anna:scrypt$...`, and names the mistakes by line without quoting a hash.

import { EXPECTED_HASH, type PasswordHash, parseHash } from './password-hash.ts';

/** The names of users go into tokens, whose dot ends the name. */
export const USER_NAME = /^[A-Za-z0-9_-]{1,64}$/;

export const EXPECTED_NAME = 'a user name of at most 64 letters, digits, _ and -';

/** The most users of a server. */
const MOST_USERS = 10_000;

export interface User {
  readonly hash: PasswordHash;
  /** The line of the user, by which a change of the password is noticed. */
  readonly written: string;
}

/** By name. */
export type Users = ReadonlyMap<string, User>;

export interface UsersMistake {
  /** From 1. */
  readonly line: number;
  readonly expected: string;
  readonly found: string;
}

/** Empty lines, and lines that begin with #, are comments. */
export function parseUsers(text: string): { readonly users: Users; readonly mistakes: UsersMistake[] } {
  const users = new Map<string, User>();
  const mistakes: UsersMistake[] = [];
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '' || line.startsWith('#')) continue;
    const refuse = (expected: string, found: string) => mistakes.push({ line: index + 1, expected, found });
    const colon = line.indexOf(':');
    const name = line.slice(0, colon);
    const hash = parseHash(line.slice(colon + 1).trim());
    if (colon < 0) refuse('a line such as anna:scrypt$..., which dapberry password prints', 'no colon');
    else if (!USER_NAME.test(name)) refuse(EXPECTED_NAME, 'another one');
    else if (hash === undefined) refuse(EXPECTED_HASH, `something else for ${name}`);
    else if (users.has(name)) refuse('each user once', `${name} again`);
    else if (users.size >= MOST_USERS) refuse(`at most ${MOST_USERS} users`, 'more');
    else users.set(name, { hash, written: line });
  }
  if (users.size === 0 && mistakes.length === 0)
    mistakes.push({ line: 1, expected: 'one user at least', found: 'none' });
  return { users, mistakes };
}

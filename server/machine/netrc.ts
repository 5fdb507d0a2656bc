// Finds the user and the password of a server in a .netrc file, as curl and netCDF's library do.

import { readFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

export interface Login {
  readonly user: string;
  readonly password: string;
}

/** A comment, a quoted token with escapes as curl reads it, or a token. */
const TOKEN = /(?<=^|\n)[ \t]*#.*|"((?:[^"\\]|\\.)*)"|(\S+)/g;

const ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** The first login for a host, else the default. Does not reject: a file that cannot be read has none. */
export async function loginInNetrc(
  host: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<Login | undefined> {
  const { NETRC: named = '', HOME: home = homedir() } = environment;
  const text = await readFile(named === '' ? join(home, '.netrc') : named, 'utf8').catch(() => '');
  return parseNetrc(text, host);
}

export function parseNetrc(text: string, host: string): Login | undefined {
  const tokens = tokensOf(text);
  let fallback: Login | undefined;
  for (let index = 0; index < tokens.length; ) {
    const word = tokens[index];
    if (word !== 'machine' && word !== 'default') {
      index += 1;
      continue;
    }
    const name = word === 'machine' ? tokens[index + 1] : undefined;
    index += word === 'machine' ? 2 : 1;
    const fields: Record<string, string> = {};
    for (; ['login', 'password', 'account'].includes(tokens[index] ?? ''); index += 2)
      fields[tokens[index]!] ??= tokens[index + 1] ?? '';
    const { login: user, password } = fields;
    if (user === undefined || password === undefined) continue;
    if (name?.toLowerCase() === host.toLowerCase()) return { user, password };
    if (name === undefined) fallback ??= { user, password };
  }
  return fallback;
}

function tokensOf(text: string): readonly string[] {
  // A macro ends at an empty line.
  const whole = text.replaceAll(/(?<=^|\s)macdef\s[\s\S]*?(?:\r?\n\s*\r?\n|$)/g, '\n');
  return [...whole.matchAll(TOKEN)].flatMap(([, quoted, plain]) => {
    if (quoted !== undefined)
      return [quoted.replaceAll(/\\(.)/gs, (_, escaped: string) => ESCAPES[escaped] ?? escaped)];
    return plain === undefined ? [] : [plain];
  });
}

// Reads the credentials for another server from a file: a user with a password, a token, or lines of .netrc.

import { parseNetrc } from '../../machine/netrc.ts';
import { NO_CREDENTIALS, readSecret, secretPath } from '../../machine/secret-file.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const EXPECTED = 'a line USER:PASSWORD, a token, or lines of .netrc';

/**
 * The header that the file gives for a server.
 * @param written its absolute path, or the name of a credential of systemd
 * @throws an Error with a clause that holds no secret
 */
export async function authorizationFrom(
  written: string,
  { hostname }: Pick<URL, 'hostname'>,
  environment: Environment,
): Promise<string> {
  const refuse = (expected: string, found: string, hint = '') =>
    new Error(
      `credentials ${written}: expected ${expected}, found ${found}${hint === '' ? '' : `; ${hint}`}`,
    );
  const path = secretPath(written, environment);
  if (path === undefined) throw refuse(NO_CREDENTIALS.expected, NO_CREDENTIALS.found);
  const content = await readSecret(path, { isOwn: path !== written });
  if (typeof content === 'object') throw refuse(content.expected, content.found, content.hint);
  const text = content.trim();
  if (/^(?:machine|default|macdef|#)\s/.test(text)) {
    const login = parseNetrc(content, hostname);
    if (login === undefined) throw refuse(`a login for ${hostname}`, 'none');
    return basic(`${login.user}:${login.password}`);
  }
  if (text === '') throw refuse(EXPECTED, 'an empty file');
  if (/[\r\n]/.test(text)) throw refuse(EXPECTED, 'several lines');
  if (text.includes(':')) return basic(text);
  if (!/^[\x21-\x7e]+$/.test(text))
    throw refuse(EXPECTED, 'a text with spaces or other characters than ASCII');
  return `Bearer ${text}`;
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

// Reads the credentials for another server from a file: a user with a password, a token, or lines of .netrc.

import { parseNetrc } from '../../machine/netrc.ts';
import { credentialsFault, credentialsText, type Refuse } from '../../machine/secret-file.ts';

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
  const refuse: Refuse = (...parts) => new Error(credentialsFault(written, ...parts));
  const content = await credentialsText(written, environment, EXPECTED, refuse);
  const text = content.trim();
  if (/^(?:machine|default|macdef|#)\s/.test(text)) {
    const login = parseNetrc(content, hostname);
    if (login === undefined) throw refuse(`a login for ${hostname}`, 'none');
    return basic(`${login.user}:${login.password}`);
  }
  if (/[\r\n]/.test(text)) throw refuse(EXPECTED, 'several lines');
  if (text.includes(':')) return basic(text);
  if (!/^[\x21-\x7e]+$/.test(text))
    throw refuse(EXPECTED, 'a text with spaces or other characters than ASCII');
  return `Bearer ${text}`;
}

function basic(login: string): string {
  return `Basic ${Buffer.from(login).toString('base64')}`;
}

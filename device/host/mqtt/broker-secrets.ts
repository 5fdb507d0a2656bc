// Reads the files with the password and the certificates for a broker, anew for each connection.

import { NO_CREDENTIALS, readSecret, secretPath } from '../secret-file.ts';
import type { BrokerOptions } from './broker-options.ts';

export interface BrokerSecrets {
  readonly username?: string;
  readonly password?: string;
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Rejects with a sentence that names the key and what is wrong about its file. */
export async function brokerSecrets(
  { credentials, ca, certificate, key }: BrokerOptions,
  environment: Environment,
): Promise<BrokerSecrets> {
  const read = (name: string, file: string | undefined, isPublic = false) =>
    file === undefined ? undefined : textOf(name, file, environment, isPublic);
  const [login, authority, cert, secret] = await Promise.all([
    read('credentials', credentials),
    read('ca', ca, true),
    read('certificate', certificate, true),
    read('key', key),
  ]);
  return {
    ...(login === undefined ? {} : loginOf(login)),
    ...(authority === undefined ? {} : { ca: authority }),
    ...(cert === undefined ? {} : { cert }),
    ...(secret === undefined ? {} : { key: secret }),
  };
}

async function textOf(
  name: string,
  written: string,
  environment: Environment,
  isPublic: boolean,
): Promise<string> {
  const path = secretPath(written, environment);
  const fail = (expected: string, found: string, hint?: string) =>
    new Error(
      `${name}: ${written}: expected ${expected}, found ${found}${hint === undefined ? '' : `; ${hint}`}`,
    );
  if (path === undefined) throw fail(NO_CREDENTIALS.expected, NO_CREDENTIALS.found);
  const text = await readSecret(path, { isOwn: isPublic || path !== written });
  if (typeof text === 'string') return text;
  throw fail(text.expected, text.found, text.hint);
}

function loginOf(text: string): Pick<BrokerSecrets, 'username' | 'password'> {
  const [, user, password] = /^([^:\r\n]+):([^\r\n]*)\r?\n?$/.exec(text) ?? [];
  if (user === undefined || password === undefined)
    throw new Error('credentials: expected one line USER:PASSWORD in the file, found something else');
  return { username: user, password };
}

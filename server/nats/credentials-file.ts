// Reads the file by which this machine signs in at NATS: a .creds file, a seed of an nkey, `user:password`, or a token.

import { readFile } from 'node:fs/promises';
import type { Authenticator } from '@nats-io/transport-node';
import { messageOf } from '../../device/index.ts';
import { FleetFault } from './fleet-fault.ts';

/** Read at each connection, so that a replaced file applies at the next one. */
export async function authenticatorFrom(file: string): Promise<Authenticator> {
  const { credsAuthenticator, nkeyAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator } =
    await import('@nats-io/transport-node');
  let text: string;
  try {
    text = (await readFile(file, 'utf8')).trim();
  } catch (error) {
    throw new FleetFault('credentials', `the credentials can not be read: ${messageOf(error)}`, error);
  }
  if (text === '')
    throw new FleetFault('credentials', `expected credentials in ${file}, found an empty file`);
  if (text.includes('BEGIN NATS USER JWT')) return credsAuthenticator(new TextEncoder().encode(text));
  if (/\n/.test(text)) {
    const expected = 'a .creds file, or one line: an nkey seed, user:password or a token';
    throw new FleetFault('credentials', `expected in ${file} ${expected}, found other lines`);
  }
  if (/^SU[A-Z2-7]{56}$/.test(text)) return nkeyAuthenticator(new TextEncoder().encode(text));
  const colon = text.indexOf(':');
  if (colon < 0) return tokenAuthenticator(text);
  return usernamePasswordAuthenticator(text.slice(0, colon), text.slice(colon + 1));
}

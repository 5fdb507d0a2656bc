// Reads the file by which this machine signs in at NATS: a .creds file, a seed of an nkey, `user:password`, or a token.

import type { Authenticator } from '@nats-io/transport-node';
import { credentialsFault, credentialsText, type Refuse } from '../machine/secret-file.ts';
import { FleetFault } from './fleet-fault.ts';

const EXPECTED = 'a .creds file, or one line: the seed of an nkey, USER:PASSWORD or a token';

/**
 * Read at each connection, so that a replaced file applies at the next one.
 * @param written the absolute path of the file, or the name of a credential of systemd
 */
export async function authenticatorFrom(
  written: string,
  environment: Readonly<Record<string, string | undefined>> = process.env,
): Promise<Authenticator> {
  const { credsAuthenticator, nkeyAuthenticator, tokenAuthenticator, usernamePasswordAuthenticator } =
    await import('@nats-io/transport-node');
  const refuse: Refuse = (...parts) => new FleetFault('credentials', credentialsFault(written, ...parts));
  const content = await credentialsText(written, environment, EXPECTED, refuse);
  const text = content.trim();
  if (text.includes('BEGIN NATS USER JWT')) {
    // The library finds the seed only before a line break.
    return credsAuthenticator(new TextEncoder().encode(`${text}\n`));
  }
  if (/[\r\n]/.test(text)) throw refuse(EXPECTED, 'several lines');
  if (/^SU[A-Z2-7]{56}$/.test(text)) return nkeyAuthenticator(new TextEncoder().encode(text));
  const colon = text.indexOf(':');
  if (colon < 0) return tokenAuthenticator(text);
  return usernamePasswordAuthenticator(text.slice(0, colon), text.slice(colon + 1));
}

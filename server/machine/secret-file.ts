// Reads files of secrets for the server, as sensors do, and the one line by which it signs in elsewhere.

import { NO_CREDENTIALS, readSecret, secretPath } from '../../device/index.ts';

export { type FileFault, NO_CREDENTIALS, readSecret, secretPath } from '../../device/index.ts';

/** Makes the error for a file that is wrong. The texts hold no secret. */
export type Refuse = (expected: string, found: string, hint?: string) => Error;

/**
 * The whole text of a file of credentials, which is not empty.
 * @param written its absolute path, or the name of a credential of systemd
 * @param expected what the file is to hold
 */
export async function credentialsText(
  written: string,
  environment: Readonly<Record<string, string | undefined>>,
  expected: string,
  refuse: Refuse,
): Promise<string> {
  const path = secretPath(written, environment);
  if (path === undefined) throw refuse(NO_CREDENTIALS.expected, NO_CREDENTIALS.found);
  const content = await readSecret(path, { isOwn: path !== written });
  if (typeof content === 'object') throw refuse(content.expected, content.found, content.hint);
  if (content.trim() === '') throw refuse(expected, 'an empty file');
  return content;
}

/** The sentence about credentials that are wrong. */
export function credentialsFault(written: string, expected: string, found: string, hint = ''): string {
  return `credentials ${written}: expected ${expected}, found ${found}${hint === '' ? '' : `; ${hint}`}`;
}

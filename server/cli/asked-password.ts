// Asks for a new password on the terminal, twice and without showing it, and refuses one that is too short.

import { LONGEST_PASSWORD } from '../access/password-hash.ts';
import { askHidden } from './hidden-input.ts';

/** Characters of the shortest password (NIST SP 800-63B). */
const SHORTEST = 8;

/** Undefined if the person gives up. Rejects with a sentence for a wrong password, or two different ones. */
export async function askPassword(name: string): Promise<string | undefined> {
  const questions = [`Password of ${name}: `, 'The same again: '];
  const answers = await askHidden(questions, ([first = '']) => passwordFault(first) !== undefined);
  if (answers === undefined) return undefined;
  const [password = '', again = password] = answers;
  checkPassword(password);
  if (again !== password) throw new Error('expected the same password twice, found two different ones');
  return password;
}

/** @throws a sentence for a password that is too short or too long */
export function checkPassword(password: string): void {
  const fault = passwordFault(password);
  if (fault !== undefined) throw new Error(fault);
}

function passwordFault(password: string): string | undefined {
  const length = [...password].length;
  if (length >= SHORTEST && Buffer.byteLength(password) <= LONGEST_PASSWORD) return undefined;
  const found = password === '' ? 'none of that length' : `one of ${length} characters`;
  return `expected a password from ${SHORTEST} characters to ${LONGEST_PASSWORD} bytes, found ${found}`;
}

// Reads the token of a server from a file, such as a credential that systemd passes.

import { readFileSync } from 'node:fs';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment with the token that the file `$DAPBERRY_TOKEN_FILE` has; an empty file has none.
 * @throws a sentence for a person if the file cannot be read
 */
export function withTokenOfFile(environment: Environment): Environment {
  const { DAPBERRY_TOKEN_FILE: file = '', DAPBERRY_TOKEN: token = '' } = environment;
  if (file === '' || token !== '') return environment;
  try {
    return { ...environment, DAPBERRY_TOKEN: readFileSync(file, 'utf8').trim() };
  } catch (error) {
    throw new Error(`expected a token in the file of $DAPBERRY_TOKEN_FILE: ${(error as Error).message}`);
  }
}

// `dapberry token`: makes a token for a program, and prints the line for the file that `access.users` names.

import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { EXPECTED_NAME, USER_NAME } from '../../access/users.ts';
import { textOf } from './arguments.ts';
import { type Command, UsageError } from './command.ts';

/** Nobody guesses a secret of this length. */
const SECRET_BYTES = 32;

export const tokenCommand: Command = {
  name: 'token',
  summary: 'make a token for a program, and print its line for the file of access.users',
  description:
    'Makes a random token for a program and shows it this once on standard error, or writes it into a file. Prints the line NAME:scrypt$... for the file that access.users names in the configuration; the token cannot be read from it. The program sends the token in the header Authorization: Bearer, or NAME and the part behind the dot as user and password.',
  operands: { shown: 'NAME', most: 1 },
  options: [
    {
      name: 'output',
      value: 'FILE',
      meaning: 'write the token into a new file that only you may read, and do not show it',
    },
  ],
  examples: ['dapberry token grafana --output grafana.token >> users'],
  run: async (args, { printData, tell }) => {
    const [name] = args.operands;
    if (name === undefined) throw new UsageError('expected a name for the token, found nothing');
    if (!USER_NAME.test(name))
      throw new UsageError(`expected ${EXPECTED_NAME}, found ${JSON.stringify(name)}`);
    const output = textOf(args, 'output', 'the name of a file');
    const { hashPassword } = await import('../../access/password-hash.ts');
    const secret = randomBytes(SECRET_BYTES).toString('base64url');
    const token = `${name}.${secret}`;
    if (output !== undefined) await writeFile(output, `${token}\n`, { mode: 0o600, flag: 'wx' });
    printData(`${name}:${await hashPassword(secret)}\n`);
    if (output === undefined) tell.line(`the token of ${name}, which is shown only now: ${token}`);
    return 0;
  },
};

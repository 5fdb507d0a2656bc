// `dapberry password`: prints the line of a user for the file that `access.users` names.

import { EXPECTED_NAME, USER_NAME } from '../../access/users.ts';
import { type Command, UsageError } from './command.ts';

export const passwordCommand: Command = {
  name: 'password',
  summary: 'print the line of a user for the file of access.users',
  description:
    'Asks for a password twice, without showing it, and prints the line NAME:scrypt$... for the file that access.users names in the configuration. The line holds a hash, from which the password cannot be read. The file has one line for each user.',
  operands: { shown: 'NAME', most: 1 },
  options: [{ name: 'stdin', meaning: 'read the password from the first line of standard input' }],
  examples: [
    'dapberry password anna',
    'openssl rand -hex 24 | tee token | dapberry password grafana --stdin',
  ],
  run: async (args, { printData }) => {
    const [name] = args.operands;
    if (name === undefined) throw new UsageError('expected the name of a user, found nothing');
    if (!USER_NAME.test(name))
      throw new UsageError(`expected ${EXPECTED_NAME}, found ${JSON.stringify(name)}`);
    const isTyped = !args.options.has('stdin');
    if (isTyped && !process.stdin.isTTY)
      throw new UsageError(
        'expected a terminal, found none',
        'use --stdin to read the password from a program',
      );
    const { hashPassword, LONGEST_PASSWORD } = await import('../../access/password-hash.ts');
    const { askPassword, checkPassword } = await import('../asked-password.ts');
    const { firstLine } = await import('../hidden-input.ts');
    const password = isTyped ? await askPassword(name) : ((await firstLine(LONGEST_PASSWORD)) ?? '');
    if (password === undefined) return 1;
    checkPassword(password);
    printData(`${name}:${await hashPassword(password)}\n`);
    return 0;
  },
};

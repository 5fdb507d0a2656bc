// Asks who may read: everyone in the network, a user with a password, or the clients of some networks.

import { join } from 'node:path';
import { hashPassword } from '../../access/password-hash.ts';
import { EXPECTED_NAME, USER_NAME } from '../../access/users.ts';
import { ADDRESS_ENTRY } from '../../config/schema/access-schema.ts';
import type { Machine } from '../../machine/machine.ts';
import { isAddressEntry } from '../../network/address-list.ts';
import type { Proposal } from '../edit/editing.ts';
import { GaveUp, type Questions } from './questions.ts';
import type { SetupTerminal } from './setup-terminal.ts';
import { putUserLine } from './user-line.ts';
import type { Readers } from './written-config.ts';

export interface ReadersOptions {
  readonly machine: Machine;
  readonly terminal: SetupTerminal;
  readonly questions: Questions;
  /** The networks that this machine is in. */
  readonly networks: readonly string[];
  /** Where the file of users lies. */
  readonly folder: string;
}

export interface ReadersAnswer extends Pick<Proposal, 'prepare' | 'authorization'> {
  readonly readers: Readers;
}

const NOTHING = { prepare: async () => {}, authorization: undefined };

export async function askReaders(options: ReadersOptions): Promise<ReadersAnswer> {
  const { questions, networks } = options;
  const question = 'Who may read: 1 everyone in the network, 2 users with a password, 3 some networks alone';
  const choice = await questions.ask(question, '1', answer => {
    if (/^[123]$/.test(answer)) return answer;
    throw new Error(`expected 1, 2 or 3, found "${answer}"`);
  });
  if (choice === '1') return { ...NOTHING, readers: { kind: 'everyone' } };
  if (choice === '2') return askUser(options);
  const usual = networks.length === 0 ? 'uniquelocal' : networks.join(' ');
  const allowed = await questions.ask('Which networks', usual, answer => {
    const entries = answer.split(/[\s,]+/);
    const wrong = entries.find(entry => !isAddressEntry(entry));
    if (wrong === undefined) return entries;
    throw new Error(`expected ${ADDRESS_ENTRY}, found "${wrong}"`);
  });
  return { ...NOTHING, readers: { kind: 'networks', networks: allowed } };
}

async function askUser({ machine, terminal, questions, folder }: ReadersOptions): Promise<ReadersAnswer> {
  const file = join(folder, 'users');
  const name = await questions.ask('Name of the user', 'reader', answer => {
    if (USER_NAME.test(answer)) return answer;
    throw new Error(`expected ${EXPECTED_NAME}, found "${answer}"`);
  });
  const password = await passwordOf(name, terminal);
  const line = `${name}:${await hashPassword(password)}`;
  return {
    readers: { kind: 'users', file },
    prepare: async () => {
      await putUserLine(machine, file, line);
      terminal.print(`the user ${name} is in ${file}\n`);
    },
    authorization: `Basic ${Buffer.from(`${name}:${password}`).toString('base64')}`,
  };
}

async function passwordOf(name: string, terminal: SetupTerminal): Promise<string> {
  while (true) {
    try {
      const password = await terminal.askPassword(name);
      if (password === undefined) throw new GaveUp();
      return password;
    } catch (error) {
      if (error instanceof GaveUp || !(error instanceof Error)) throw error;
      terminal.print(`${error.message}\n`);
    }
  }
}

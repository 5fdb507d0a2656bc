// Reads the user and the groups of this process.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface User {
  /** The name, or the number of a user without one. */
  readonly name: string;
  /** Root may open every device. */
  readonly isRoot: boolean;
  readonly groups: readonly string[];
  /** All groups of the machine. */
  readonly known: readonly string[];
}

/** From /proc/self/status (proc(5)), /etc/passwd and /etc/group; undefined without /proc. */
export async function userOf({ files }: Pick<Machine, 'files'>): Promise<User | undefined> {
  const status = await textOf(files, '/proc/self/status');
  const numbers = (key: string) =>
    new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim().split(/\s+/) ?? [];
  // The fields are the real, effective, saved and file system numbers.
  const [, user] = numbers('Uid');
  const [, group] = numbers('Gid');
  if (user === undefined || group === undefined) return undefined;
  const groups = entriesOf(await textOf(files, '/etc/group'));
  const users = entriesOf(await textOf(files, '/etc/passwd'));
  const own = new Set([group, ...numbers('Groups')]);
  return {
    name: users.find(({ number }) => number === user)?.name ?? user,
    isRoot: user === '0',
    groups: groups.filter(({ number }) => own.has(number)).map(({ name }) => name),
    known: groups.map(({ name }) => name),
  };
}

/** passwd(5) and group(5) have the name first and the number third. */
function entriesOf(text: string): readonly { readonly name: string; readonly number: string }[] {
  return text.split('\n').flatMap(line => {
    const [name = '', , number] = line.split(':');
    return number === undefined ? [] : [{ name, number }];
  });
}

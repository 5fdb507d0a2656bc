// Reads the user and the groups of this process, or of another user.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';

export interface User {
  /** The name, or the number of a user without one. */
  readonly name: string;
  readonly number: number;
  /** Root may open every device. */
  readonly isRoot: boolean;
  readonly groups: readonly string[];
  /** The numbers of the groups, also of those without a name. */
  readonly groupNumbers: readonly number[];
  /** All groups of the machine. */
  readonly known: readonly string[];
}

type Files = Pick<Machine, 'files'>;

/** The user of this process, from /proc/self/status (proc(5)), /etc/passwd and /etc/group; undefined without /proc. */
export async function userOf(machine: Files): Promise<User | undefined> {
  const status = await textOf(machine.files, '/proc/self/status');
  const numbers = (key: string) =>
    new RegExp(`^${key}:\\s*(.*)$`, 'm').exec(status)?.[1]?.trim().split(/\s+/).map(Number) ?? [];
  // The fields are the real, effective, saved and file system numbers.
  const [, number] = numbers('Uid');
  const [, group] = numbers('Gid');
  if (number === undefined || group === undefined) return undefined;
  const name = (await usersOf(machine)).find(user => user.number === number)?.name ?? String(number);
  const own = [group, ...numbers('Groups')];
  return userWith({ name, number }, own, await groupsOf(machine));
}

/** A user with the groups of /etc/passwd and /etc/group; undefined if there is none of this name. */
export async function userNamed(machine: Files, name: string): Promise<User | undefined> {
  const user = (await usersOf(machine)).find(other => other.name === name);
  if (user === undefined) return undefined;
  const groups = await groupsOf(machine);
  const own = groups.filter(({ members }) => members.includes(name)).map(({ number }) => number);
  return userWith(user, [user.group, ...own], groups);
}

function userWith(
  { name, number }: Pick<User, 'name' | 'number'>,
  groupNumbers: readonly number[],
  groups: Awaited<ReturnType<typeof groupsOf>>,
): User {
  return {
    name,
    number,
    isRoot: number === 0,
    groups: groups.filter(group => groupNumbers.includes(group.number)).map(group => group.name),
    groupNumbers,
    known: groups.map(group => group.name),
  };
}

/** The users of passwd(5). */
async function usersOf(machine: Files) {
  return (await entriesOf(machine, '/etc/passwd')).map(([name = '', , number, group]) => ({
    name,
    number: Number(number),
    group: Number(group),
  }));
}

/** The groups of group(5). */
async function groupsOf(machine: Files) {
  return (await entriesOf(machine, '/etc/group')).map(([name = '', , number, members = '']) => ({
    name,
    number: Number(number),
    members: members.split(','),
  }));
}

/** The fields of each line. */
async function entriesOf({ files }: Files, path: string): Promise<readonly (readonly string[])[]> {
  const lines = (await textOf(files, path)).split('\n').map(line => line.split(':'));
  return lines.filter(({ length }) => length > 2);
}

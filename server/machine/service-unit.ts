// Reads from systemd as which user the installed service runs, and where it may write.

import { textOf } from './kernel-devices.ts';
import type { Machine } from './machine.ts';
import { historyIn, stateDirectory } from './state-directory.ts';

export interface ServiceUnit {
  /** The name of its user. */
  readonly user: string;
  /** The numbers of the user and of its groups; undefined if the user does not exist. */
  readonly numbers: { readonly user: number; readonly groups: readonly number[] } | undefined;
  /** Undefined if it may write anywhere; else the folders into which it may write. */
  readonly writable: readonly string[] | undefined;
  /** The folders of histories in its state directories. */
  readonly histories: readonly string[];
  /** Whether it sees no homes. */
  readonly hidesHomes: boolean;
}

const PROPERTIES = [
  'LoadState',
  'User',
  'ProtectSystem',
  'ProtectHome',
  'StateDirectory',
  'ReadWritePaths',
] as const;

/** Undefined without systemd or without the service. Does not reject. */
export async function serviceUnit({
  run,
  files,
}: Pick<Machine, 'run' | 'files'>): Promise<ServiceUnit | undefined> {
  const shown = await run('systemctl', ['show', 'dapberry.service', `--property=${PROPERTIES.join(',')}`]);
  const property = (name: (typeof PROPERTIES)[number]) =>
    new RegExp(`^${name}=(.*)$`, 'm').exec(shown ?? '')?.[1] ?? '';
  if (property('LoadState') !== 'loaded') return undefined;
  const user = property('User') || 'root';
  const states = words(property('StateDirectory')).map(name => stateDirectory(name.split(':')[0]!));
  const paths = words(property('ReadWritePaths')).map(path => path.replace(/^[-+]+/, ''));
  return {
    user,
    numbers: await numbersOf(files, user),
    writable: property('ProtectSystem') === 'strict' ? [...states, ...paths] : undefined,
    histories: states.slice(0, 1).map(historyIn),
    hidesHomes: ['yes', 'tmpfs'].includes(property('ProtectHome')),
  };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

/** From /etc/passwd and /etc/group (passwd(5), group(5)). */
async function numbersOf(files: Machine['files'], user: string): Promise<ServiceUnit['numbers']> {
  const entries = async (path: string) =>
    (await textOf(files, path)).split('\n').map(line => line.split(':'));
  const own = (await entries('/etc/passwd')).find(([name]) => name === user);
  if (own === undefined) return user === 'root' ? { user: 0, groups: [0] } : undefined;
  const members = (await entries('/etc/group')).filter(([, , , list = '']) => list.split(',').includes(user));
  return { user: Number(own[2]), groups: [Number(own[3]), ...members.map(([, , number]) => Number(number))] };
}

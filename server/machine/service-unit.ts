// Reads from systemd as which user the installed service runs, and where it may write.

import type { Machine } from './machine.ts';
import { historyIn, stateDirectory } from './state-directory.ts';
import { type User, userNamed } from './user.ts';

export interface ServiceUnit {
  /** The name of its user. */
  readonly user: string;
  /** Who that is; undefined if there is no such user. */
  readonly account: User | undefined;
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
    account: await userNamed({ files }, user),
    writable: property('ProtectSystem') === 'strict' ? [...states, ...paths] : undefined,
    histories: states.slice(0, 1).map(historyIn),
    hidesHomes: ['yes', 'tmpfs'].includes(property('ProtectHome')),
  };
}

function words(text: string): readonly string[] {
  return text.split(/\s+/).filter(word => word !== '');
}

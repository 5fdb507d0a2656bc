// Puts the line of a user into the file of users, which nobody but its owner and the service may read.

import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { writeDurably } from '../../machine/durable.ts';
import { textOf as textAt } from '../../machine/kernel-devices.ts';
import type { Machine } from '../../machine/machine.ts';
import { textOf } from '../edit/edited-file.ts';

/** The group of the service (systemd/dapberry.service). */
const SERVICE_GROUP = 'dapberry';

/** Bits of rights: owner and group of a new file, and those of others, who must have none. */
const NEW_MODE = 0o640;
const OTHERS = 0o007;

/** Adds the line, or replaces that of the same user. The other lines stay. */
export async function putUserLine(machine: Machine, path: string, line: string): Promise<void> {
  const before = await textOf(path);
  const name = line.slice(0, line.indexOf(':') + 1);
  const others = (before ?? '').split('\n').filter(other => other !== '' && !other.startsWith(name));
  const text = [...others, line, ''].join('\n');
  const known = before === undefined ? undefined : await stat(path);
  const isRoot = process.getuid?.() === 0;
  const group = isRoot ? await serviceGroup(machine) : undefined;
  await writeDurably(
    dirname(path),
    basename(path),
    async handle => {
      if (known !== undefined) await handle.chown(known.uid, known.gid);
      else if (group !== undefined) await handle.chown(0, group);
      await handle.chmod((known?.mode ?? NEW_MODE) & 0o777 & ~OTHERS);
      await handle.writeFile(text);
    },
    0o600,
  );
}

/** Undefined where the service is not installed. */
async function serviceGroup({ files }: Machine): Promise<number | undefined> {
  const groups = await textAt(files, '/etc/group');
  const [, number] = new RegExp(`^${SERVICE_GROUP}:[^:]*:(\\d+):`, 'm').exec(groups) ?? [];
  return number === undefined ? undefined : Number(number);
}

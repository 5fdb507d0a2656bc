// Identifies this machine and this process towards other publishers of the same fleet.

import { createHash, randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Publisher } from './layout-message.ts';

const session = randomUUID();

/** The owner is a hash of the machine's id: systemd asks programs not to publish the id itself (machine-id(5)). */
export async function thisPublisher(): Promise<Publisher> {
  const machine = await readFile('/etc/machine-id', 'utf8').catch(() => '');
  const id = machine.trim() || hostname();
  const owner = createHash('sha256').update(`dapberry ${id}`).digest('hex').slice(0, 32);
  return { owner, session, host: hostname() };
}

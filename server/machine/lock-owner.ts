// Identifies the process that holds a lock, and checks whether it still runs.

import { readFile, readlink } from 'node:fs/promises';
import { hostname } from 'node:os';
import { z } from 'zod';

const OWNER = z.object({
  program: z.enum([
    'dapberry pull',
    'dapberry serve',
    'dapberry import',
    'dapberry edit',
    'dapberry restore',
  ]),
  /** Unique to one process. */
  token: z.string(),
  pid: z.number().int(),
  host: z.string(),
  /** When the process started, in the kernel's ticks, because process numbers are reused. */
  start: z.string(),
  /** The kernel's boot, the machine and the namespace of the process number; empty if unknown. */
  boot: z.string(),
  machine: z.string(),
  namespace: z.string(),
});

export type LockOwner = z.infer<typeof OWNER>;

/** This process, as the command that it runs, with a token of its own. */
export async function thisOwner(program: LockOwner['program']): Promise<LockOwner> {
  const { pid } = process;
  return {
    program,
    token: crypto.randomUUID(),
    pid,
    host: hostname(),
    start: (await startOf(pid)) ?? '',
    ...(await surroundings()),
  };
}

/** The owner in the text of a lock; undefined if the text has none. */
export function ownerIn(text: string): LockOwner | undefined {
  try {
    const read = OWNER.safeParse(JSON.parse(text));
    return read.success ? read.data : undefined;
  } catch {
    return undefined;
  }
}

/** Whether the process of a lock runs; undefined if it cannot be seen, on another machine or in another container. */
export async function isRunning(owner: LockOwner): Promise<boolean | undefined> {
  const here = await surroundings();
  if (owner.boot === '' || here.boot === '') return undefined;
  // The machine has restarted since.
  if (owner.boot !== here.boot)
    return owner.machine !== '' && owner.machine === here.machine ? false : undefined;
  if (owner.namespace !== here.namespace) return undefined;
  return (await startOf(owner.pid)) === owner.start;
}

async function surroundings(): Promise<Pick<LockOwner, 'boot' | 'machine' | 'namespace'>> {
  const text = (path: string) =>
    readFile(path, 'utf8').then(
      found => found.trim(),
      () => '',
    );
  return {
    boot: await text('/proc/sys/kernel/random/boot_id'),
    machine: await text('/etc/machine-id'),
    namespace: await readlink('/proc/self/ns/pid').catch(() => ''),
  };
}

/** Undefined for a process that does not exist or is a zombie. */
async function startOf(pid: number): Promise<string | undefined> {
  const status = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
  // The name stands in brackets and can hold any of them (proc_pid_stat(5): state is field 3, starttime 22).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

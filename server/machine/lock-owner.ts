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
    start: startIn(await statusOf(pid)) ?? '',
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

/** Whether the process of a lock runs; undefined if it cannot be seen: on another machine, in another container, or of another user. */
export async function isRunning(owner: LockOwner): Promise<boolean | undefined> {
  const here = await surroundings();
  if (owner.boot === '' || here.boot === '') return undefined;
  // The machine has restarted since.
  if (owner.boot !== here.boot)
    return owner.machine !== '' && owner.machine === here.machine ? false : undefined;
  if (owner.namespace !== here.namespace) return undefined;
  const status = await statusOf(owner.pid);
  if (status === '' && isHidden(owner.pid)) return undefined;
  return startIn(status) === owner.start;
}

/** Whether a process of this number runs on this machine, of whatever user. */
export async function hasProcess(pid: number): Promise<boolean> {
  const status = await statusOf(pid);
  return status === '' ? isHidden(pid) : startIn(status) !== undefined;
}

/** Whether another user has a process of this number. /proc need not show it (hidepid, ProtectProc= of a service). */
function isHidden(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
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

/** Empty for a process that does not exist or is hidden. */
function statusOf(pid: number): Promise<string> {
  return readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '');
}

/** Undefined without a process, and for a zombie. */
function startIn(status: string): string | undefined {
  // The name stands in brackets and can hold any of them (proc_pid_stat(5): state is field 3, starttime 22).
  const fields = status.slice(status.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' || fields[0] === 'X' ? undefined : fields[19];
}

// Stops and starts the installed service through systemd.

import { setTimeout as delay } from 'node:timers/promises';
import type { Machine } from './machine.ts';

/** systemd kills a service that has not ended after 30 s; an emulated Pi takes 50 s to start. */
const PATIENCE_MS = 120_000;
const PAUSE_MS = 250;

type Run = Pick<Machine, 'run'>;

/** The number of the service's main process; undefined if it does not run. */
export async function servicePid({ run }: Run): Promise<number | undefined> {
  const shown = await run('systemctl', ['show', 'dapberry.service', '--property=MainPID']);
  const [, pid = '0'] = /^MainPID=(\d+)$/m.exec(shown ?? '') ?? [];
  return pid === '0' ? undefined : Number(pid);
}

/** Also stops its socket, which would start it again. Rejects with a sentence if it goes on. */
export async function stopService(machine: Run): Promise<void> {
  await systemctl(machine, 'stop', 'dapberry.socket', 'dapberry.service');
  await until(async () => (await servicePid(machine)) === undefined, 'expected the service to stop');
}

/** Rejects with a sentence if systemd refuses. */
export async function startService(machine: Run): Promise<void> {
  const enabled = (await machine.run('systemctl', ['is-enabled', 'dapberry.socket']))?.trim() === 'enabled';
  await systemctl(machine, 'start', ...(enabled ? ['dapberry.socket'] : []), 'dapberry.service');
}

async function systemctl({ run }: Run, ...words: readonly string[]): Promise<void> {
  // With all of it in one command, systemd would wait for longer than commands may take.
  const [verb, ...units] = words as [string, ...string[]];
  if ((await run('systemctl', [verb, '--no-block', ...units])) === undefined)
    throw new Error(
      `expected systemctl ${words.join(' ')} to succeed, found a failure; see systemctl status dapberry`,
    );
}

async function until(isDone: () => Promise<boolean>, expected: string): Promise<void> {
  const begun = performance.now();
  while (!(await isDone())) {
    if (performance.now() - begun > PATIENCE_MS) throw new Error(`${expected}, found it running still`);
    await delay(PAUSE_MS);
  }
}

/** Waits until a server answers on a port of this machine; false if none does. */
export async function serverComesUp(
  { serverAt }: Pick<Machine, 'serverAt'>,
  port: number,
  host: string | undefined,
): Promise<boolean> {
  const begun = performance.now();
  while ((await serverAt(port, host)) === undefined) {
    if (performance.now() - begun > PATIENCE_MS) return false;
    await delay(PAUSE_MS);
  }
  return true;
}

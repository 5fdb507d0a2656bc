// Ends the process even while a thread is blocked in the kernel, such as by a FIFO or a disk that does not answer.

import { setTimeout as delay } from 'node:timers/promises';

/** Node's names for unfinished calls of the file system in a thread. */
const IN_A_THREAD = ['FSReqCallback', 'FSReqPromise'];

/** How often to look whether the threads have returned. */
const LOOK_MS = 10;

function isBlocked(): boolean {
  return process.getActiveResourcesInfo().some(name => IN_A_THREAD.includes(name));
}

/** Resolves when no thread is in a call of the file system, or at the time `until`, by `performance.now()`. */
export async function threadsBack(until: number): Promise<void> {
  while (isBlocked() && performance.now() < until) await delay(LOOK_MS);
}

/**
 * Kills the process if it exits while a thread is blocked, because Node waits for all threads without a limit. SIGTERM, after
 * exit code 0, counts as a clean end for systemd; any other code uses SIGKILL.
 */
export function endThoughBlocked(): void {
  process.once('exit', code => {
    if (!isBlocked()) return;
    const signal = code === 0 ? 'SIGTERM' : 'SIGKILL';
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

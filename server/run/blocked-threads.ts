// Ends the process though one of its threads is blocked in the kernel: by a FIFO that a driver opened, by a disk that does not answer.

import { setTimeout as delay } from 'node:timers/promises';

/** What Node calls the calls of the file system that a thread has not come back from. */
const IN_A_THREAD = ['FSReqCallback', 'FSReqPromise'];

/** How often it is looked whether the threads have come back, in milliseconds. */
const LOOK = 10;

function isBlocked(): boolean {
  return process.getActiveResourcesInfo().some(name => IN_A_THREAD.includes(name));
}

/** Resolves when no thread is in the kernel, or at the time `until`, by `performance.now()`. */
export async function threadsBack(until: number): Promise<void> {
  while (isBlocked() && performance.now() < until) await delay(LOOK);
}

/**
 * Has the process end when it exits while a thread is blocked: Node waits for all threads, without end. A signal cuts that short, SIGTERM
 * where all is well, which systemd takes for a clean end, else SIGKILL.
 */
export function endThoughBlocked(): void {
  process.once('exit', code => {
    if (!isBlocked()) return;
    const signal = code === 0 ? 'SIGTERM' : 'SIGKILL';
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
  });
}

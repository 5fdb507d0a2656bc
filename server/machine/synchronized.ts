// Asks the programs that set the system clock, systemd-timesyncd, chrony or ntpsec, whether it is synchronised.

import type { Machine } from './machine.ts';

/** `unknown` if no program reports it. */
export type Synchronized = 'yes' | 'no' | 'unknown';

/** systemd-timesyncd creates a file once it has set the clock after the start; looking for it costs nothing. */
export async function isMarkedSynchronized({ files }: Pick<Machine, 'files'>): Promise<boolean> {
  return (await files.list('/run/systemd/timesync')).includes('synchronized');
}

/**
 * The state in the kernel, which chrony and ntpsec set (adjtimex(2): no STA_UNSYNC). A service that may not set the clock may
 * not ask the kernel either, so this runs timedatectl. Call it rarely: systemd starts a service for each call and logs three lines.
 */
export async function isKernelSynchronized({ run }: Pick<Machine, 'run'>): Promise<Synchronized> {
  const answer = (await run('timedatectl', ['show', '--property=NTPSynchronized', '--value']))?.trim();
  return answer === 'yes' || answer === 'no' ? answer : 'unknown';
}

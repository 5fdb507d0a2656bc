// Is the system clock synchronised? As the programs of Debian that set it tell: systemd-timesyncd, chrony, ntpsec and others.

import type { Machine } from './machine.ts';

/** `unknown` where nobody tells. */
export type Synchronized = 'yes' | 'no' | 'unknown';

/** systemd-timesyncd makes a file once it has set the clock since the machine was started: to look for it costs nothing. */
export async function isMarkedSynchronized({ files }: Pick<Machine, 'files'>): Promise<boolean> {
  return (await files.list('/run/systemd/timesync')).includes('synchronized');
}

/**
 * What the kernel thinks, which chrony and ntpsec tell of their work (adjtimex(2): no STA_UNSYNC). A service that is kept from setting
 * the clock may not ask the kernel itself. timedatectl asks another service, which systemd starts for that, and writes three lines into
 * the journal: not to be asked often.
 */
export async function isKernelSynchronized({ run }: Pick<Machine, 'run'>): Promise<Synchronized> {
  const said = (await run('timedatectl', ['show', '--property=NTPSynchronized', '--value']))?.trim();
  return said === 'yes' || said === 'no' ? said : 'unknown';
}

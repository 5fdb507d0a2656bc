// Answers for the kernel's files about the load of the machine with Node's module os, on systems without /proc (macOS, Windows).

import os from 'node:os';
import { type KernelFiles, kernelFiles, missingFile } from './kernel-files.ts';

/** The part of Node's module os that is used. */
export type LoadOfSystem = Pick<typeof os, 'cpus' | 'loadavg'>;

/**
 * The files of this machine. On Linux they are the kernel's own. Elsewhere `/proc/stat` and `/proc/loadavg` have the numbers of
 * Node; the latter not on Windows, where Node's load averages are always 0. Node counts no bytes of network interfaces and
 * knows no temperatures.
 */
export function machineFiles(
  platform: string = process.platform,
  files: KernelFiles = kernelFiles(),
  system: LoadOfSystem = os,
): KernelFiles {
  if (platform === 'linux') return files;
  const texts: Readonly<Record<string, () => string>> = {
    '/proc/stat': () => ticksText(system.cpus()),
    ...(platform === 'win32' ? {} : { '/proc/loadavg': () => loadText(system.loadavg()) }),
  };
  return {
    ...files,
    read: async (path, signal) => {
      signal?.throwIfAborted();
      return texts[path]?.() ?? files.read(path, signal);
    },
  };
}

/** The line of all processors in /proc/stat: user, nice, system, idle, iowait, irq; in milliseconds, since only their ratio counts. */
function ticksText(processors: ReturnType<LoadOfSystem['cpus']>): string {
  // Node gives none where it may not ask.
  if (processors.length === 0) throw missingFile('/proc/stat');
  const sum = (account: keyof (typeof processors)[number]['times']) =>
    processors.reduce((total, { times }) => total + times[account], 0);
  return `cpu  ${sum('user')} ${sum('nice')} ${sum('sys')} ${sum('idle')} 0 ${sum('irq')}\n`;
}

function loadText(averages: readonly number[]): string {
  return `${averages.map(average => average.toFixed(2)).join(' ')} 0/0 0\n`;
}

// Tells how many files this process may open, and whether that is enough. It imports nothing of the program: without descriptors nothing can be loaded.

import { readdirSync, readFileSync } from 'node:fs';

/** Node opens the program's files side by side as it loads them, 150 at once at the most that was seen. */
const LEAST_FREE = 224;

/** What to have instead: many streams are one descriptor each. */
const ADVISED = 4096;

/** Infinity where there is no limit; NaN where the kernel does not tell one. Throws where no file can be opened. */
function openFileLimit(): number {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** The same; infinity where nobody knows. */
export function knownOpenFileLimit(): number {
  try {
    const limit = openFileLimit();
    return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A sentence where this process may open too few files to load the program; undefined where it may, or nobody knows. */
export function descriptorShortage(): string | undefined {
  const advice = `raise the limit (ulimit -n ${ADVISED}; LimitNOFILE=${ADVISED} in the unit of a service)`;
  const expected = `expected that this process may open ${LEAST_FREE} files more`;
  try {
    const limit = openFileLimit();
    const open = readdirSync('/proc/self/fd').length;
    // It may be NaN.
    if (!(limit - open < LEAST_FREE)) return undefined;
    return `${expected}, found a limit of ${limit} open files, ${open} of which are open: ${advice}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE') return `${expected}, found that it may open none: ${advice}`;
    if (code === 'ENFILE') {
      return `${expected}, found that all programs of this machine together have as many open as they may (sysctl fs.file-max)`;
    }
    return undefined;
  }
}

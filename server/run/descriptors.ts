// Checks whether this process may open enough files. Imports nothing of the program, which cannot load without descriptors.

import { readdirSync, readFileSync } from 'node:fs';

/** Node opens the program's files in parallel when it loads them; up to 150 at once were measured. */
const LEAST_FREE = 224;

/** The recommended limit: each stream needs a descriptor. */
const ADVISED = 4096;

/** Infinity without a limit; NaN if unknown. Throws if no file can be opened. */
function openFileLimit(): number {
  const [, soft] = /^Max open files\s+(\S+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? [];
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
}

/** As `openFileLimit`; infinity if unknown. */
export function knownOpenFileLimit(): number {
  try {
    const limit = openFileLimit();
    return Number.isNaN(limit) ? Number.POSITIVE_INFINITY : limit;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** A message if this process may open too few files to load the program; undefined if it may, or if that is unknown. */
export function descriptorShortage(): string | undefined {
  const advice = `raise the limit (ulimit -n ${ADVISED}; LimitNOFILE=${ADVISED} in the unit of a service)`;
  const expected = `expected that this process may open ${LEAST_FREE} more files`;
  try {
    const limit = openFileLimit();
    const open = readdirSync('/proc/self/fd').length;
    // The limit may be NaN.
    if (!(limit - open < LEAST_FREE)) return undefined;
    return `${expected}, found a limit of ${limit} open files, ${open} of which are open: ${advice}`;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EMFILE') return `${expected}, found that it may open none: ${advice}`;
    if (code === 'ENFILE') {
      return `${expected}, found that the limit of the whole machine is reached (sysctl fs.file-max)`;
    }
    return undefined;
  }
}

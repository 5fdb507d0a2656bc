// Reads the level of a line from an open file of sysfs, which holds 0 or 1 and a line feed (Linux, Documentation/admin-guide/gpio/sysfs.rst).

import { readSync } from 'node:fs';

/** Longer than anything that the kernel writes into a file of a line. */
const buffer = Buffer.alloc(8);

/** The text of an open file from its beginning, without the line feed. Throws as `readSync` does. */
export function lineText(file: number): string {
  return buffer.toString('latin1', 0, readSync(file, buffer, 0, buffer.length, 0)).trim();
}

/** The level in the text of a file `value`. Throws a sentence for anything else, since a level that was not read is none. */
export function levelIn(text: string): 0 | 1 {
  if (text === '0' || text === '1') return text === '1' ? 1 : 0;
  throw new Error(`expected 0 or 1 in its file value, found ${JSON.stringify(text)}`);
}

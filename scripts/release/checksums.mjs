// Writes the lines of SHA256SUMS, as sha256sum prints and checks them.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The SHA-256 of a file in hexadecimal digits. */
export function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** A line for each of the files in `folder`, sorted by name. */
export function checksums(folder, names) {
  return names
    .toSorted()
    .map(name => `${sha256(join(folder, name))}  ${name}\n`)
    .join('');
}

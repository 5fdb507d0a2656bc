// Writes the lines of SHA256SUMS, as sha256sum prints and checks them.

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The SHA-256 of a file in hexadecimal digits. */
export function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

/** The names of files that a release has for each version. */
const OF_VERSION = /^(?:dapberry[-_]\d.*\.(?:tar\.gz|tgz|deb|cdx\.json)|CHANGES-\d.*\.md)$/;

/** The files of earlier versions in the folder of a release, to which `get.sh --release` goes back. */
export function earlierFiles(folder, names) {
  return readdirSync(folder).filter(name => OF_VERSION.test(name) && !names.includes(name));
}

/** A line for each of the files in `folder`, sorted by name. */
export function checksums(folder, names) {
  return names
    .toSorted()
    .map(name => `${sha256(join(folder, name))}  ${name}\n`)
    .join('');
}

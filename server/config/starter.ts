// Recognises the configuration that an installation begins with, while nobody has changed it.

import { readFile } from 'node:fs/promises';
import { PROGRAM_ROOT } from '../version.ts';

/** The starter beside the program; the Debian package has it among the files of the system. */
const STARTERS = [
  new URL('systemd/config.starter.yaml', PROGRAM_ROOT),
  new URL('file:///usr/share/dapberry/config.starter.yaml'),
];

export async function isStarter(content: Buffer): Promise<boolean> {
  const starters = await Promise.all(STARTERS.map(file => readFile(file).catch(() => undefined)));
  return starters.some(starter => starter?.equals(content));
}

// How does a script run another program? It waits, and ends with that program's words where it fails.

import { spawnSync } from 'node:child_process';

/** @returns what the program wrote to standard output */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    ...options,
  });
  if (status === 0) return stdout;
  const words = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Error(`${command} ${args.join(' ')}: expected that it goes well, found\n${words}`);
}

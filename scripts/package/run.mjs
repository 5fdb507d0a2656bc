// Runs another program for a script, and ends the script with its output if it fails.

import { spawnSync } from 'node:child_process';

/** @returns the standard output of the program */
export function run(command, args, options = {}) {
  const { status, stdout, stderr, error } = spawnSync(command, args, {
    encoding: 'utf8',
    maxBuffer: 64 * 1024 ** 2,
    ...options,
  });
  if (status === 0) return stdout;
  const words = error?.message ?? `${stdout}${stderr}`.trim();
  throw new Error(`${command} ${args.join(' ')}: expected exit code 0, found\n${words}`);
}

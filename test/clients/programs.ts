// Runs the clients of other projects and parses their output.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface ProgramResult {
  readonly stdout: string;
  readonly stderr: string;
  /** The exit code; undefined when the program was killed because it did not end in time. */
  readonly code: number | undefined;
}

/**
 * Runs `program`, for 20 s at most by default, with a temporary folder of its own, in which getdap collects responses.
 * @param home another home, such as one with a `.netrc`
 */
export function run(
  program: string,
  args: readonly string[],
  seconds = 20,
  home?: string,
): Promise<ProgramResult> {
  const folder = mkdtempSync(join(tmpdir(), 'dapberry-client-'));
  return new Promise(resolve => {
    const options = {
      timeout: seconds * 1000,
      env: { ...process.env, TMPDIR: folder, HOME: home ?? folder },
    };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      rmSync(folder, { recursive: true, force: true });
      const code = error === null ? 0 : typeof error.code === 'number' ? error.code : undefined;
      resolve({ stdout, stderr, code });
    });
  });
}

/** The rows that `getdap -D` prints: `Sequence {...} sensor = { { a, b }, { c, d } };`. */
export function printedRows(stdout: string): number[][] {
  const rows = /\} sensor = \{ (.*) \};/.exec(stdout)?.[1] ?? '';
  return rows
    .split('}, {')
    .map(row => row.replace(/[{}]/g, '').trim())
    .filter(row => row !== '')
    .map(row => row.split(',').map(Number));
}

/** Runs a line in a shell. */
export function runInShell(line: string): Promise<ProgramResult> {
  return run('/bin/sh', ['-c', line]);
}

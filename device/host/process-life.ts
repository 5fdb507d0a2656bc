// Finds out whether a process still runs, by its number and its start time, since the kernel reuses numbers.

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { errnoOf } from './errno.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since the boot; undefined if that could not be read. */
  readonly start: string | undefined;
  /** The number of its user. */
  readonly uid: number;
}

/** This process. */
export function thisProcess(proc = '/proc'): ProcessIdentity {
  return { pid: process.pid, start: statOf(process.pid, proc)?.start, uid: process.geteuid?.() ?? 0 };
}

/** Whether the process still runs. A process hidden from this user is judged by its number alone. */
export function isAlive({ pid, start, uid }: ProcessIdentity, proc = '/proc'): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) !== constants.errno.EPERM) return false;
    // A process of this user could be signalled, so the number belongs to another process now.
    if (uid === process.geteuid?.()) return false;
  }
  const now = statOf(pid, proc);
  if (now === undefined) return true;
  // A zombie exists until its parent collects it, but holds nothing.
  if (now.state === 'Z' || now.state === 'X') return false;
  return start === undefined || now.start === start;
}

/** Indices of the fields 3 and 22 of /proc/PID/stat, counted behind the name, which may contain blanks (proc_pid_stat(5)). */
const STATE = 0;
const START = 19;

function statOf(pid: number, proc: string): { state: string; start: string } | undefined {
  try {
    const stat = readFileSync(join(proc, String(pid), 'stat'), 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[STATE]!, start: fields[START]! };
  } catch {
    return undefined;
  }
}

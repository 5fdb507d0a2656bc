// Does a process still live? By its number, which another may have by now, and the time of its start, which no other has.

import { readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { errnoOf } from './errno.ts';

export interface ProcessIdentity {
  readonly pid: number;
  /** When it started, in the kernel's ticks since the boot; undefined where that could not be read. */
  readonly start: string | undefined;
  /** Its user, by number. */
  readonly uid: number;
}

/** This process. */
export function thisProcess(proc = '/proc'): ProcessIdentity {
  return { pid: process.pid, start: statOf(process.pid, proc)?.start, uid: process.geteuid?.() ?? 0 };
}

/** Whether it still runs. Of a process that is hidden from this user only its number is looked at. */
export function isAlive({ pid, start, uid }: ProcessIdentity, proc = '/proc'): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if (errnoOf(error) !== constants.errno.EPERM) return false;
    // One of this user's could be signalled: the number is another's now.
    if (uid === process.geteuid?.()) return false;
  }
  const now = statOf(pid, proc);
  if (now === undefined) return true;
  // A process that nobody has asked for its end is there, but holds nothing any more.
  if (now.state === 'Z' || now.state === 'X') return false;
  return start === undefined || now.start === start;
}

/** Where fields are in /proc/PID/stat behind the name, which may contain anything (proc_pid_stat(5), fields 3 and 22). */
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

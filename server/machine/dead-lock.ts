// Takes over the lock of a process that has ended: of many that try at once, one succeeds.

import { createHash } from 'node:crypto';
import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { isRunning, ownerIn } from './lock-owner.ts';

/** Milliseconds for which a claim counts though its process cannot be seen. It takes a few of them, and is left by a process that was killed. */
const LONGEST_CLAIM = 60_000;

/**
 * Replaces the lock at `path` by `text`, if the lock still has the text `dead`. A process first creates a claim on that text, a file
 * beside the lock, with the flag `wx`. Only the process with the claim replaces the lock: it renames the claim to the lock, so that a
 * lock exists at every moment. Rejects if the claim cannot be written, as on a full disk.
 * @returns whether this process has the lock; false if another one is taking it over, or has done so
 */
export async function replaceDeadLock(path: string, dead: string, text: string): Promise<boolean> {
  const claim = claimOn(path, dead);
  if (!(await isCreated(claim, text))) {
    const other = await textOf(claim);
    if (other === undefined || (await isAlive(claim, other))) return false;
    if (!(await replaceDeadLock(claim, other, text))) return false;
  }
  if ((await textOf(path)) !== dead) {
    await unlink(claim).catch(() => undefined);
    return false;
  }
  await rename(claim, path);
  return true;
}

/** The file of the claim on a lock with the text `dead`. */
export function claimOn(path: string, dead: string): string {
  return `${path}.${createHash('sha256').update(dead).digest('hex').slice(0, 16)}`;
}

async function isCreated(path: string, text: string): Promise<boolean> {
  try {
    await writeFile(path, text, { flag: 'wx', mode: 0o644 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    // It was created, but there is no space for its text.
    await unlink(path).catch(() => undefined);
    throw error;
  }
}

async function isAlive(claim: string, text: string): Promise<boolean> {
  const owner = ownerIn(text);
  const seen = owner && (await isRunning(owner));
  if (seen !== undefined) return seen;
  const { mtimeMs } = await stat(claim).catch(() => ({ mtimeMs: Date.now() }));
  return Math.abs(Date.now() - mtimeMs) < LONGEST_CLAIM;
}

const textOf = (path: string) => readFile(path, 'utf8').catch(() => undefined);

// Keeps a second process away by a file that names the first one.

import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, unlink, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { replaceDeadLock } from './dead-lock.ts';
import { isRunning, type LockOwner, ownerIn, thisOwner } from './lock-owner.ts';

/** Attempts, as a lock may disappear before it is read. */
const ATTEMPTS = 10;

/** Milliseconds before a lock is read again: its owner may be about to write its text. */
const SETTLING = 20;

export class ProcessLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /**
   * Creates the file at `path`, or takes over that of a process that has ended. Rejects with a sentence that begins with `held`, such
   * as `/etc/dapberry/config.yaml is edited already`, and names the process that has the lock.
   */
  static async take(path: string, program: LockOwner['program'], held: string): Promise<ProcessLock> {
    const text = `${JSON.stringify(await thisOwner(program))}\n`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await writeFile(path, text, { flag: 'wx', mode: 0o644 });
        return new ProcessLock(path, text);
      } catch (error) {
        const { code = '' } = error as NodeJS.ErrnoException;
        // The file was created, but there is no space for its text.
        if (['ENOSPC', 'EDQUOT'].includes(code)) await unlink(path).catch(() => undefined);
        if (code !== 'EEXIST') throw error;
      }
      const found = await readFile(path, 'utf8').catch(() => '');
      const owner = ownerIn(found);
      if (owner !== undefined && (await isRunning(owner)) !== false) {
        throw new Error(
          `${held}, by process ${owner.pid} on ${owner.host}: end that one first; if there is none, delete ${path}`,
        );
      }
      if (owner !== undefined && (await replaceDeadLock(path, found, text)))
        return new ProcessLock(path, text);
      await pause(SETTLING);
    }
    throw new Error(`${path}: expected the lock of a process, found something else: delete it`);
  }

  /** At once, as the process may be about to end. Does not throw. */
  release(): void {
    try {
      if (readFileSync(this.#path, 'utf8') === this.#text) unlinkSync(this.#path);
    } catch {
      // The next process takes it over.
    }
  }
}

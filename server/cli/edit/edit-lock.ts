// Keeps a second editor away from a configuration file by a hidden file beside it, which names the editing process.

import { readFile, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { replaceDeadLock } from '../../machine/dead-lock.ts';
import { isRunning, ownerIn, thisOwner } from '../../machine/lock-owner.ts';

/** Attempts, as a lock may disappear before it is read. */
const ATTEMPTS = 10;

/** Milliseconds before a lock is read again: its owner may be about to write its text. */
const SETTLING = 20;

export class EditLock {
  readonly #path: string;
  readonly #text: string;

  private constructor(path: string, text: string) {
    this.#path = path;
    this.#text = text;
  }

  /** Takes over the lock of a process that has ended. Rejects with a sentence that names the process that edits the file. */
  static async take(file: string): Promise<EditLock> {
    const path = join(dirname(file), `.${basename(file)}.edit`);
    const text = `${JSON.stringify(await thisOwner('dapberry edit'))}\n`;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await writeFile(path, text, { flag: 'wx', mode: 0o644 });
        return new EditLock(path, text);
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
          `${file} is edited already, by process ${owner.pid} on ${owner.host}: end that one first; if there is none, delete ${path}`,
        );
      }
      if (owner !== undefined && (await replaceDeadLock(path, found, text))) return new EditLock(path, text);
      await pause(SETTLING);
    }
    throw new Error(`expected a lock of dapberry edit, found something else: delete ${path}`);
  }

  /** Does not reject. */
  async release(): Promise<void> {
    const found = await readFile(this.#path, 'utf8').catch(() => '');
    if (found === this.#text) await unlink(this.#path).catch(() => undefined);
  }
}

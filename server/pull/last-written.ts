// Remembers which of several files was written last, where their names do not say so.

import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './file-error.ts';

const TITLE = 'dapberry pull wrote last into';

/**
 * The file written last is the newest by its name, but for rows with earlier times than those before them, which go into the file
 * of their own day. Then a hidden file beside them names it until the names say so again.
 */
export class LastWritten {
  readonly #folder: string;
  readonly #path: string;

  /** @param pattern the name of the files */
  constructor(pattern: string) {
    this.#folder = dirname(pattern);
    this.#path = join(this.#folder, `.${basename(pattern)}.last`);
  }

  /** The path of the file that was written last; undefined where the names tell. */
  async read(): Promise<string | undefined> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const [title, name = ''] = text.split('\n');
    return title === TITLE && name !== '' ? join(this.#folder, name) : undefined;
  }

  /** Has `path` be the file that was written last; undefined where that is the newest one. */
  async write(path: string | undefined): Promise<void> {
    const before = await this.read();
    try {
      if (path === undefined) {
        if (before !== undefined) await unlink(this.#path);
        return;
      }
      if (before === path) return;
      const own = `${this.#path}.${process.pid}`;
      await writeFile(own, `${TITLE}\n${basename(path)}\n`);
      await rename(own, this.#path);
    } catch (error) {
      throw fileError(this.#path, error);
    }
  }
}

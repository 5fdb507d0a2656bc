// Remembers which of several files was written last, where their names do not say so.

import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './file-error.ts';

const TITLE = 'dapberry pull wrote last into the first of these files that has rows behind this many bytes:';

/** Earlier files that are still named while the next one has no row yet. */
const MOST = 3;

/** Rows were written into the file behind `size` bytes, or were about to be. */
export interface WrittenFile {
  readonly path: string;
  readonly size: number;
}

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

  /** The files that may have been written last, the likeliest first; none where the names tell. */
  async read(): Promise<readonly WrittenFile[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const [title, ...lines] = text.split('\n');
    if (title !== TITLE) return [];
    return lines.flatMap(line => {
      const [, size, name] = /^(\d+) (.+)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ path: join(this.#folder, name), size: Number(size) }];
    });
  }

  /** Before the first rows go into a file; `isNewest`: by its name it is the one that is written last. */
  async begin(file: WrittenFile, isNewest: boolean): Promise<void> {
    const before = await this.read();
    if (isNewest && before.length === 0) return;
    const files = [file, ...before.filter(({ path }) => path !== file.path)].slice(0, MOST);
    const lines = files.map(({ path, size }) => `${size} ${basename(path)}\n`);
    const own = `${this.#path}.${process.pid}`;
    try {
      await writeFile(own, `${TITLE}\n${lines.join('')}`);
      await rename(own, this.#path);
    } catch (error) {
      throw fileError(this.#path, error);
    }
  }

  /** After rows went into the newest file: its name says that it was written last. */
  async forget(): Promise<void> {
    if ((await this.read()).length === 0) return;
    await unlink(this.#path).catch((error: unknown) => {
      throw fileError(this.#path, error);
    });
  }
}

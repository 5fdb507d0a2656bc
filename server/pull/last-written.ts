// Remembers which of several files was written last, if their names do not show it.

import { readFile, rename, unlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileError } from './file-error.ts';

const TITLE = 'dapberry pull wrote last into the first of these files that has rows behind this many bytes:';

/** How many earlier files stay listed while the next one has no row yet. */
const MOST = 3;

/** A file into which rows were written after its first `size` bytes, or were about to be. */
export interface WrittenFile {
  readonly path: string;
  readonly size: number;
}

/**
 * Usually the file written last is the newest by name. Rows with earlier times go into the file of their own day; then a hidden
 * file names the file written last, until the names show it again.
 */
export class LastWritten {
  readonly #folder: string;
  readonly #path: string;

  /** @param pattern the name of the files */
  constructor(pattern: string) {
    this.#folder = dirname(pattern);
    this.#path = join(this.#folder, `.${basename(pattern)}.last`);
  }

  /** The files that may have been written last, the likeliest first; empty if the names show it. */
  async read(): Promise<readonly WrittenFile[]> {
    const text = await readFile(this.#path, 'utf8').catch(() => '');
    const [title, ...lines] = text.split('\n');
    if (title !== TITLE) return [];
    return lines.flatMap(line => {
      const [, size, name] = /^(\d+) (.+)$/.exec(line) ?? [];
      return name === undefined ? [] : [{ path: join(this.#folder, name), size: Number(size) }];
    });
  }

  /** Call before the first rows are written into a file; `isNewest` if it is the newest by name. */
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

  /** Call after rows were written into the newest file, whose name shows that it was written last. */
  async forget(): Promise<void> {
    if ((await this.read()).length === 0) return;
    await unlink(this.#path).catch((error: unknown) => {
      throw fileError(this.#path, error);
    });
  }
}

// Keeps the files that readers read open for a moment: a replay reads thousands of row groups, and opening costs as much as decoding.

import type { FileHandle } from 'node:fs/promises';
import { openFile } from '../parquet/open-file.ts';

/** Milliseconds after the last read until a file is closed, so that its disk can be unmounted. */
const KEPT_MS = 1000;

/** Files beyond this number are closed as soon as nobody reads them. */
const MOST_OPEN = 8;

interface OpenedFile {
  readonly handle: Promise<FileHandle>;
  users: number;
  idle: NodeJS.Timeout | undefined;
}

export class OpenFiles {
  readonly #files = new Map<string, OpenedFile>();

  /** Runs `read` on a file. Rejects as `openFile` and `read` do. */
  async use<T>(path: string, read: (handle: FileHandle) => Promise<T>): Promise<T> {
    const file = this.#files.get(path) ?? { handle: openFile(path), users: 0, idle: undefined };
    this.#files.set(path, file);
    clearTimeout(file.idle);
    file.users += 1;
    try {
      return await read(await file.handle);
    } catch (error) {
      // The next reader opens it anew, such as after its disk has come back.
      if (this.#files.get(path) === file) this.#files.delete(path);
      throw error;
    } finally {
      file.users -= 1;
      if (file.users === 0) this.#release(path, file);
    }
  }

  /** Closes a file as soon as nobody reads it. */
  forget(path: string): void {
    const file = this.#files.get(path);
    if (file === undefined) return;
    this.#files.delete(path);
    clearTimeout(file.idle);
    if (file.users === 0) close(file);
  }

  close(): void {
    for (const path of [...this.#files.keys()]) this.forget(path);
  }

  #release(path: string, file: OpenedFile): void {
    if (this.#files.get(path) !== file) close(file);
    else if (this.#files.size > MOST_OPEN) this.forget(path);
    else file.idle = setTimeout(() => this.forget(path), KEPT_MS).unref();
  }
}

function close({ handle }: OpenedFile): void {
  // A file that could not be opened has told its reader.
  void handle.then(opened => opened.close()).catch(() => undefined);
}

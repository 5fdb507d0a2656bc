// Appends rows to one recognised file, and detects when another program moves, empties or extends it.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';
import { type ExaminedFile, identityOf } from './recognise.ts';
import type { RowShape } from './row-shape.ts';

/** A file to which rows can be added. */
export type WritableFile = Extract<ExaminedFile, { kind: 'absent' | 'unbegun' | 'ours' }>;

/** The change of a file since the last append. */
export type FileChange = 'none' | 'gone' | 'shortened';

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;

export class RowFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #file: string;
  /** The line end of the file. */
  readonly lineEnd: string;
  /** The bytes before the first appended row: the header line, or its missing part. */
  #before: Buffer;
  #size: number;
  #isNew: boolean;
  #hasFailed = false;

  private constructor(
    path: string,
    handle: FileHandle,
    file: string,
    size: number,
    before: Buffer,
    lineEnd: string,
  ) {
    this.path = path;
    this.#handle = handle;
    this.#file = file;
    this.#size = size;
    this.#before = before;
    this.lineEnd = lineEnd;
    this.#isNew = size === 0;
  }

  /**
   * Opens the file that was examined at `path`, and removes an incomplete row. Undefined if the file has changed meanwhile.
   * @param tell reports what is removed
   */
  static async open(
    path: string,
    found: WritableFile,
    { head }: RowShape,
    tell: (text: string) => void,
  ): Promise<RowFile | undefined> {
    const names = Buffer.from(`${head}\n`);
    let handle: FileHandle | undefined;
    try {
      handle = await openAs(path, found);
      if (handle === undefined) return undefined;
      const status = await handle.stat();
      const [file, size] = [identityOf(status), found.kind === 'absent' ? 0 : found.size];
      const isSame =
        status.isFile() && status.size === size && (found.kind === 'absent' || found.file === file);
      if (!isSame) {
        await handle.close();
        return undefined;
      }
      if (found.kind !== 'ours') {
        const before = names.subarray(found.kind === 'unbegun' ? found.named : 0);
        return new RowFile(path, handle, file, size, before, '\n');
      }
      const { keep, torn, isUnended } = found.end;
      if (keep < size) {
        tell(`${path}: ${cutText(torn, size - keep)}`);
        await handle.truncate(keep);
      }
      const before = Buffer.from(isUnended ? found.lineEnd : '');
      return new RowFile(path, handle, file, keep, before, found.lineEnd);
    } catch (error) {
      await handle?.close();
      throw fileError(path, error);
    }
  }

  /** The size in bytes. */
  get size(): number {
    return this.#size;
  }

  /**
   * Checks whether the path still leads to the open file.
   * @throws if the file has grown, because another program writes into it
   */
  async change(): Promise<FileChange> {
    const found = await stat(this.path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw fileError(this.path, error);
    });
    if (found === undefined || identityOf(found) !== this.#file) return 'gone';
    if (found.size < this.#size) return 'shortened';
    if (found.size === this.#size) return 'none';
    throw new Error(
      `${this.path}: expected the file to end where the last row was written, found ${found.size - this.#size} bytes more: another program writes into it; stop that program, then start this one again`,
    );
  }

  /** Appends rows whose lines end with `lineEnd`. Resolves when the system has them. */
  async append(rows: Uint8Array): Promise<void> {
    const bytes = Buffer.concat([this.#before, rows]);
    let written = 0;
    try {
      while (written < bytes.length) {
        written += (await this.#handle.write(bytes, written)).bytesWritten;
      }
    } catch (error) {
      this.#hasFailed = true;
      throw fileError(
        this.path,
        error,
        `: ${written} of ${bytes.length} bytes of the last rows were written; free some space and start this again: it continues after the last whole row`,
      );
    }
    this.#size += bytes.length;
    this.#before = Buffer.alloc(0);
    if (!this.#isNew) return;
    this.#isNew = false;
    // After a power cut, the file must exist and have its content.
    await this.#handle.sync();
    await syncFolder(dirname(this.path));
  }

  /** Flushes the rows to the disk, and closes the file. */
  async close(): Promise<void> {
    try {
      if (!this.#hasFailed) await this.#handle.datasync();
    } catch (error) {
      throw fileError(this.path, error);
    } finally {
      await this.#handle.close();
    }
  }
}

/** Undefined if the file was created or removed since it was examined. */
async function openAs(path: string, { kind }: WritableFile): Promise<FileHandle | undefined> {
  try {
    if (kind !== 'absent') return await open(path, APPEND);
    // Opening a broken link creates its target.
    const isLink = await lstat(path).then(
      found => found.isSymbolicLink(),
      () => false,
    );
    return await open(path, APPEND | constants.O_CREAT | (isLink ? 0 : constants.O_EXCL), 0o666);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (kind === 'absent' ? code === 'EEXIST' : code === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, constants.O_RDONLY).catch(() => undefined);
  // Some file systems cannot sync a folder.
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function cutText(torn: string, bytes: number): string {
  const nuls = torn.replaceAll('\0', '').trim() === '';
  if (nuls) return `removed ${bytes} bytes without a row at its end, which a power cut can leave`;
  const shown = torn.replaceAll('\0', '');
  const text = shown.length > 200 ? `${shown.slice(0, 200)}...` : shown;
  return `removed an incomplete row, which is requested again: ${JSON.stringify(text)}`;
}

// Adds rows to the end of one file that was recognised, and notices when another program moves, empties or writes it.

import { constants } from 'node:fs';
import { type FileHandle, lstat, open, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileError } from './file-error.ts';
import { type ExaminedFile, identityOf } from './recognise.ts';
import type { RowShape } from './row-shape.ts';

/** A file to which rows can be added. */
export type WritableFile = Extract<ExaminedFile, { kind: 'absent' | 'unbegun' | 'ours' }>;

/** What has become of the file since rows were added last. */
export type FileChange = 'none' | 'gone' | 'shortened';

const APPEND = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;

export class RowFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #file: string;
  /** The end of its lines. */
  readonly lineEnd: string;
  /** What comes before the first row that is added: the line of names, or what is missing of it. */
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
   * Opens what was found at `path`, and cuts off a row that broke off. Undefined where the file is not what was found any more.
   * @param tell is told what is cut off
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

  /** Bytes that it has. */
  get size(): number {
    return this.#size;
  }

  /**
   * Looks whether the file is still the one that is open.
   * @throws where it has grown: its rows would stand among those of another
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
      `${this.path}: expected the file to end where the last row was written, found ${found.size - this.#size} bytes more: another program writes into it; end that one, then start this again`,
    );
  }

  /** Adds rows, lines that end as `lineEnd` does. Resolves when the system has them. */
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
        `: ${written} of ${bytes.length} bytes of the last rows were written; make room and start this again: it goes on after the last whole row`,
      );
    }
    this.#size += bytes.length;
    this.#before = Buffer.alloc(0);
    if (!this.#isNew) return;
    this.#isNew = false;
    // A power cut leaves no file of NULs, and no name without a file.
    await this.#handle.sync();
    await syncFolder(dirname(this.path));
  }

  /** Closes the file when the disk has its rows. */
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

/** Undefined where something has come there, or gone, since it was looked at. */
async function openAs(path: string, { kind }: WritableFile): Promise<FileHandle | undefined> {
  try {
    if (kind !== 'absent') return await open(path, APPEND);
    // A link whose target is missing has the target made.
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
  // Not all file systems can.
  await handle?.sync().catch(() => {});
  await handle?.close();
}

function cutText(torn: string, bytes: number): string {
  const nuls = torn.replaceAll('\0', '').trim() === '';
  if (nuls) return `${bytes} bytes without a row at its end, as a power cut leaves them, are cut off`;
  const shown = torn.replaceAll('\0', '');
  const text = shown.length > 200 ? `${shown.slice(0, 200)}...` : shown;
  return `a row that broke off is cut off, and asked for again: ${JSON.stringify(text)}`;
}

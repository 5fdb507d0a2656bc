// Writes a backup: one compressed archive, under its name only once it is whole.

import type { FileHandle } from 'node:fs/promises';
import { hostname } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { messageOf } from '../../device/index.ts';
import { isFree, writeDurably } from '../machine/durable.ts';
import { VERSION } from '../version.ts';
import { ArchiveWriter } from './archive-writer.ts';
import type { Gathered } from './gather.ts';
import { type DatasetFolder, passFiles, unreadable } from './history-files.ts';
import { CHECKSUMS, FORMAT, HISTORY, MANIFEST, type Manifest } from './manifest.ts';

export interface BackupOptions {
  readonly file: string;
  /** Replaces a file of this name. */
  readonly isForced: boolean;
  readonly gathered: Gathered;
  readonly hasCredentials: boolean;
  /** Undefined leaves the history out. */
  readonly history: readonly DatasetFolder[] | undefined;
  readonly signal: AbortSignal;
  readonly onRemark: (sentence: string) => void;
  /** Called after each file of the history, with the bytes so far. */
  readonly onHistory: (bytes: number, path: string) => void;
}

export interface BackupCounts {
  readonly files: number;
  readonly historyFiles: number;
  readonly historyBytes: number;
  /** Of the archive. */
  readonly bytes: number;
}

/** Owner and group of the archive may be anyone's: with secrets, or a file that others may not read, only the owner reads it. */
const PRIVATE = 0o600;
const PUBLIC = 0o644;

/** How much of a file is in memory. */
const PIECE = 64 * 1024;

/** Rejects with a sentence; then there is no such archive, or the one that was there. */
export async function writeBackup(options: BackupOptions): Promise<BackupCounts> {
  const { file, isForced } = options;
  const isPrivate = isForOwner(options);
  const path = resolve(file);
  if (!isForced && !(await isFree(path).catch(unwritable(path))))
    throw new Error(
      `${file}: expected no file of this name, found one; choose another name, or replace it with --force`,
    );
  const [folder, name] = [dirname(path), basename(path)];
  try {
    return await writeDurably(
      folder,
      name,
      async handle => {
        if (isPrivate) await makePrivate(handle, options);
        const counts = await writeAll(handle, options);
        // Someone may have written one meanwhile, which the new one would replace.
        if (!isForced && !(await isFree(path)))
          throw new Error(`${file}: expected no file of this name, found one that has come meanwhile`);
        return { ...counts, bytes: (await handle.stat()).size };
      },
      isPrivate ? PRIVATE : PUBLIC,
    );
  } catch (error) {
    if (options.signal.aborted) throw new Error('interrupted; no backup was written');
    throw unwritable(path)(error);
  }
}

/** The last good configuration is a copy of texts that have rights of their own. */
function isForOwner({ hasCredentials, gathered }: BackupOptions): boolean {
  return (
    hasCredentials || gathered.files.some(({ role, mode }) => role !== 'last-good' && (mode & 0o004) === 0)
  );
}

/** A leftover of the name may have other rights; some file systems, such as FAT, have none. */
async function makePrivate(handle: FileHandle, { file, onRemark }: BackupOptions): Promise<void> {
  await handle.chmod(PRIVATE).catch(() => undefined);
  const { mode } = await handle.stat();
  if ((mode & 0o077) !== 0)
    onRemark(
      `${file} is not for other users, and its disk keeps no rights of files: anybody with the disk can read it`,
    );
}

function unwritable(path: string): (error: unknown) => never {
  return error => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Error(
      `${path}: expected a file that can be written, found ${messageOf(error)}; no backup was written`,
    );
  };
}

async function writeAll(
  handle: FileHandle,
  { gathered, hasCredentials, history, signal, onRemark, onHistory }: BackupOptions,
): Promise<Omit<BackupCounts, 'bytes'>> {
  const archive = new ArchiveWriter(handle);
  const time = new Date();
  const addText = async (entry: string, value: unknown) => {
    const content = Buffer.from(`${JSON.stringify(value, undefined, 1)}\n`);
    await archive.add({ entry, bytes: content.length, mode: PRIVATE, time }, [content]);
  };
  const manifest: Manifest = {
    dapberry: 'backup',
    format: FORMAT,
    version: VERSION,
    host: hostname(),
    time: time.getTime() / 1000,
    hasCredentials,
    hasHistory: history !== undefined,
    files: gathered.files.map(({ entry, role, path, mode }) => ({ entry, role, path, mode })),
  };
  await addText(MANIFEST, manifest);
  for (const { entry, content, mode, time: changed } of gathered.files)
    await archive.add({ entry, bytes: content.length, mode, time: changed }, [content]);
  let [historyFiles, historyBytes] = [0, 0];
  for (const folder of history ?? []) {
    await passFiles(
      folder,
      async ({ dataset, path, handle: source }) => {
        signal.throwIfAborted();
        const { size, mode, mtime } = await source.stat();
        const entry = `${HISTORY}/${dataset}/${path}`;
        const pieces = piecesOf(source, join(folder.path, path), signal);
        await archive.add({ entry, bytes: size, mode: mode & 0o777, time: mtime }, pieces);
        historyFiles += 1;
        historyBytes += size;
        onHistory(historyBytes, path);
      },
      onRemark,
    );
  }
  await addText(CHECKSUMS, { entries: archive.checksums });
  await archive.finish();
  return { files: gathered.files.length, historyFiles, historyBytes };
}

async function* piecesOf(handle: FileHandle, path: string, signal: AbortSignal): AsyncGenerator<Buffer> {
  for (let position = 0; ; ) {
    signal.throwIfAborted();
    const reading = handle.read({ buffer: Buffer.alloc(PIECE), position });
    const { bytesRead, buffer } = await reading.catch((error: unknown) => {
      throw unreadable(path, error);
    });
    if (bytesRead === 0) return;
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

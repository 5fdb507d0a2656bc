// Unpacks the history's files of a backup, and imports them into the histories of this machine.

import { createHash } from 'node:crypto';
import { chown, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { writeAll } from '../history/parquet/file-writer.ts';
import type { DatasetCounts } from '../importing/dataset-import.ts';
import { importRows } from '../importing/import.ts';
import { isFree, makeFolder } from '../machine/durable.ts';
import { ProcessLock } from '../machine/process-lock.ts';
import { readArchive } from './archive-reader.ts';
import { historyPlace, type OpenedBackup } from './open-backup.ts';
import type { FileOwner } from './restored-files.ts';

/** The folder within a history's in which files are unpacked. No dataset can have this name. */
export const UNPACKED = '.dapberry-restore';

/** The file in the same folder that names the process that unpacks there. */
const UNPACKING = `${UNPACKED}.lock`;

export interface HistoryRestore {
  readonly backup: OpenedBackup;
  /** The folder of the history for each dataset. */
  readonly folderOf: (dataset: string) => string | undefined;
  /** The owner of new folders; undefined for this user. */
  readonly owner: FileOwner | undefined;
  readonly signal: AbortSignal;
  readonly onProgress: (sentence: string) => void;
  readonly onRemark: (sentence: string) => void;
}

/** The bytes of the backup's files by the folder of their history. */
export function historyFolders({
  backup,
  folderOf,
}: Pick<HistoryRestore, 'backup' | 'folderOf'>): ReadonlyMap<string, number> {
  const folders = new Map<string, number>();
  for (const { entry, bytes } of backup.history.values()) {
    const folder = folderOf(historyPlace(entry)!.dataset);
    if (folder !== undefined) folders.set(folder, (folders.get(folder) ?? 0) + bytes);
  }
  return folders;
}

/** @throws a sentence; the folders that were imported before it stay so, and no row is lost */
export async function restoreHistory(options: HistoryRestore): Promise<readonly DatasetCounts[]> {
  const locked = new Map<string, ProcessLock>();
  const counts: DatasetCounts[] = [];
  try {
    for (const folder of historyFolders(options).keys()) {
      await ownFolder(folder, options.owner);
      const held = `${folder}: a backup is restored there already`;
      locked.set(folder, await ProcessLock.take(join(folder, UNPACKING), 'dapberry restore', held));
      await rm(join(folder, UNPACKED), { recursive: true, force: true });
    }
    await unpack(options);
    for (const folder of locked.keys()) counts.push(...(await importUnpacked(folder, options)));
    return counts;
  } finally {
    for (const [folder, lock] of locked) {
      await rm(join(folder, UNPACKED), { recursive: true, force: true });
      lock.release();
    }
  }
}

/** A folder that root makes belongs to the server that writes there. */
async function ownFolder(folder: string, owner: FileOwner | undefined): Promise<void> {
  if (!(await isFree(folder).catch(() => true))) return;
  await makeFolder(folder);
  if (process.getuid?.() !== 0) return;
  const { uid, gid } = await stat(dirname(folder));
  await chown(folder, owner?.user ?? uid, owner?.group ?? gid);
}

async function unpack({ backup, folderOf, signal, onProgress }: HistoryRestore): Promise<void> {
  let files = 0;
  await readArchive(
    backup.path,
    async ({ name, pieces }) => {
      const place = historyPlace(name);
      const folder = place && folderOf(place.dataset);
      if (place === undefined || folder === undefined) return;
      const path = join(folder, UNPACKED, place.dataset, place.path);
      await mkdir(dirname(path), { recursive: true, mode: 0o755 });
      const handle = await open(path, 'wx', 0o644);
      const hash = createHash('sha256');
      try {
        for await (const piece of pieces) {
          hash.update(piece);
          await writeAll(handle, piece);
        }
      } finally {
        await handle.close();
      }
      if (hash.digest('hex') !== backup.history.get(name)?.sha256)
        throw new Error(`${backup.path}: expected the same archive as before, found it changed meanwhile`);
      files += 1;
      onProgress(`${files} of ${backup.history.size} files unpacked`);
    },
    signal,
  );
}

/** A file that is damaged inside is left out with a remark: the other days are no worse for it. */
async function importUnpacked(
  folder: string,
  { signal, onProgress, onRemark }: HistoryRestore,
): Promise<readonly DatasetCounts[]> {
  const unpacked = join(folder, UNPACKED);
  let rows = 0;
  for (;;) {
    try {
      return await importRows({
        folder,
        operands: [unpacked],
        dataset: undefined,
        onlyDataset: undefined,
        served: () => undefined,
        mayTake: true,
        signal,
        onRows: count => {
          rows += count;
          onProgress(`${rows} rows read`);
        },
        onRemark,
      });
    } catch (error) {
      // All of them were damaged.
      if ((error as Error).message.startsWith(`${unpacked}: expected files`)) return [];
      const [path] = /^.+?\.parquet(?=: expected a whole Parquet file)/s.exec((error as Error).message) ?? [];
      if (path === undefined || !path.startsWith(`${unpacked}/`) || (await isFree(path))) throw error;
      onRemark(`left out: ${(error as Error).message.replace(`${unpacked}/`, '')}`);
      await rm(path);
    }
  }
}

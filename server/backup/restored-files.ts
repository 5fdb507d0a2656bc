// Puts restored files into their places, keeps those that were there beside them, and undoes all of it after a failure.

import { chmod, chown, copyFile, mkdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { isFree, syncFolder, writeDurably } from '../machine/durable.ts';
import { contentAt, type PlannedFile, type RestorePlan } from './restore-plan.ts';

/** The user and the group that the service runs as; undefined if the files are not for the service. */
export interface FileOwner {
  readonly user: number;
  readonly group: number;
}

/** Files that were written, and the names that those before them have now. */
export interface RestoredFiles {
  readonly written: readonly string[];
  readonly kept: ReadonlyMap<string, string>;
}

/** What a file gets that keeps the text before a restoration: `config.yaml.before-restore-20261129T221446Z`. */
export function keptSuffix(now = new Date()): string {
  return `.before-restore-${now.toISOString().slice(0, 19).replaceAll(/[-:]/g, '')}Z`;
}

/** Rejects if a file cannot be written, or has changed since it was planned; then all files are as before. */
export async function restoreFiles(
  { files, aside }: Pick<RestorePlan, 'files' | 'aside'>,
  service: FileOwner | undefined,
  suffix: string,
): Promise<RestoredFiles> {
  const undo: (() => Promise<void>)[] = [];
  const written: string[] = [];
  const kept = new Map<string, string>();
  const keep = async (path: string) => {
    const name = await freeName(`${path}${suffix}`);
    kept.set(path, name);
    return name;
  };
  const unchanged = await unchangedFiles(files);
  try {
    for (const file of unchanged) {
      const { path, content, before } = file;
      if (before?.equals(content)) continue;
      await makeFolders(dirname(path), undo);
      if (before === undefined) undo.push(() => rm(path, { force: true }));
      else {
        const name = await keep(path);
        await copyWithOwner(path, name);
        undo.push(() => rename(name, path));
      }
      await write(file, service);
      written.push(path);
    }
    for (const path of aside) {
      const name = await keep(path);
      await rename(path, name);
      undo.push(() => rename(name, path));
      await syncFolder(dirname(path));
    }
    return { written, kept };
  } catch (error) {
    for (const step of undo.reverse()) await step().catch(() => undefined);
    throw error;
  }
}

/**
 * The files, whose places are as they were planned: the question and the history may have taken hours. Rejects for a place with another
 * content by now. The last good configuration that the service has written meanwhile stays.
 */
async function unchangedFiles(files: readonly PlannedFile[]): Promise<readonly PlannedFile[]> {
  const unchanged: PlannedFile[] = [];
  for (const file of files) {
    const { role, path, before } = file;
    const now = await contentAt(path);
    const isSame = now === undefined || before === undefined ? now === before : now.equals(before);
    if (isSame) unchanged.push(file);
    else if (role !== 'last-good')
      throw new Error(
        `${path}: expected it as it was when the changes were shown, found it ${now === undefined ? 'removed' : before === undefined ? 'created' : 'changed'} meanwhile; no file was replaced: run the command again to see the changes`,
      );
  }
  return unchanged;
}

/** A file that is there keeps its owner and its permissions. */
async function write(
  { role, path, mode, content }: PlannedFile,
  service: FileOwner | undefined,
): Promise<void> {
  const status = await stat(path).catch(() => undefined);
  const isRoot = process.getuid?.() === 0;
  const isSecret = role === 'credential';
  const isOpen = (mode & 0o004) !== 0 && !isSecret;
  const above = await stat(dirname(path));
  const place = (): readonly [owner: number, group: number, mode: number] => {
    if (status !== undefined) return [status.uid, status.gid, status.mode & 0o777];
    if (role === 'last-good') return [service?.user ?? above.uid, service?.group ?? above.gid, 0o600];
    // The service reads the files of root by its group.
    if (service !== undefined) return [0, service.group, isOpen ? 0o644 : 0o640];
    return [above.uid, above.gid, isSecret ? 0o600 : mode & 0o755];
  };
  const [owner, group, rights] = place();
  await writeDurably(
    dirname(path),
    basename(path),
    async handle => {
      if (isRoot) await handle.chown(owner, group);
      await handle.chmod(rights);
      await handle.writeFile(content);
    },
    0o600,
  );
}

async function copyWithOwner(path: string, copy: string): Promise<void> {
  const { uid, gid, mode } = await stat(path);
  await copyFile(path, copy);
  await chmod(copy, mode & 0o777);
  if (process.getuid?.() === 0) await chown(copy, uid, gid);
  await syncFolder(dirname(copy));
}

/** Folders that are missing get the owner of the one above. */
async function makeFolders(folder: string, undo: (() => Promise<void>)[]): Promise<void> {
  if (!(await isFree(folder))) return;
  await makeFolders(dirname(folder), undo);
  const { uid, gid } = await stat(dirname(folder));
  await mkdir(folder, { mode: 0o755 });
  undo.push(() => rmdir(folder));
  if (process.getuid?.() === 0) await chown(folder, uid, gid);
  await syncFolder(dirname(folder));
}

async function freeName(name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const free = number === 1 ? name : `${name}-${number}`;
    if (await isFree(free)) return free;
  }
}

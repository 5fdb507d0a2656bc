// Claims a history's folder for this process, and checks before each write that it is still the same folder.

import { open, readdir, readFile, stat, unlink } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { replaceDeadLock } from '../../machine/dead-lock.ts';
import { makeFolder, syncAbove } from '../../machine/durable.ts';
import { isRunning, type LockOwner, ownerIn, thisOwner } from '../../machine/lock-owner.ts';
import { isBelow, missingMount, mountPointOf, mountTables, realPath } from '../../machine/mounts.ts';
import { writeAll } from '../parquet/file-writer.ts';
import { finishReplacement } from './replacement.ts';

/** No dataset can have this name. */
export const LOCK = '.dapberry.lock';

/** How long another server may take to write its name into its lock, in milliseconds. */
const SETTLING = 50;

/** Attempts to create a lock, while others create and remove theirs. */
const ATTEMPTS = 10;

/** The tokens of folders that this process has closed. Their locks may still be there: on a read-only disk they cannot be removed. */
const closed = new Set<string>();

type Program = Extract<LockOwner['program'], 'dapberry serve' | 'dapberry import'>;

interface FolderPlace {
  /** The numbers of the file systems of the folder and of the folder above. */
  readonly device: number;
  readonly deviceAbove: number;
  readonly mountPoint: string;
}

export class HistoryFolder {
  readonly path: string;
  readonly #owner: LockOwner;
  #place: FolderPlace;
  #generation = 0;
  #isClaimed = false;
  /** The last check that was asked for. */
  #lastCheck: Promise<void> = Promise.resolve();

  private constructor(path: string, owner: LockOwner, place: FolderPlace) {
    this.path = path;
    this.#owner = owner;
    this.#place = place;
  }

  /**
   * Creates the folder if there is none. Rejects with a sentence if it cannot be used, or another process uses it. A folder on a
   * read-only file system, which nobody writes to, is opened without a claim: `check` claims it as soon as that can be written.
   */
  static async open(
    path: string,
    readTables = mountTables,
    program: Program = 'dapberry serve',
  ): Promise<HistoryFolder> {
    const folder = resolve(path);
    // Looking at the path makes an automounter mount its disk.
    const real = await realPath(folder);
    const missing = missingMount(real, await readTables());
    if (missing !== undefined) {
      throw new Error(
        `${folder}: expected a disk mounted at ${missing}, found none; attach the disk, or set another history.path`,
      );
    }
    await makeFolder(folder);
    await syncAbove(folder);
    const opened = new HistoryFolder(folder, await thisOwner(program), await placeOf(folder));
    await opened.#claim().catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EROFS') throw error;
    });
    return opened;
  }

  /** Grows when another folder has the path from then on, because a disk was mounted over it. */
  get generation(): number {
    return this.#generation;
  }

  /** Rejects with a sentence if the folder is not there any more, such as on a disk that was pulled out, or taken by another server. */
  check(): Promise<void> {
    // The datasets share the folder: a claim that is half done would look like another server's to the next check.
    const check = this.#lastCheck.then(() => this.#verify());
    this.#lastCheck = check.catch(() => undefined);
    return check;
  }

  async #verify(): Promise<void> {
    const owner = await this.#lockOwner();
    if (owner?.token === this.#owner.token) return;
    const place = await placeOf(this.path);
    if (isBelow(place.mountPoint, this.#place.mountPoint)) {
      // A disk that was mounted late: its history goes on, and nothing more is written below it.
      await makeFolder(this.path);
      await this.#take();
      this.#place = await placeOf(this.path);
      this.#generation += 1;
      return;
    }
    if (owner !== undefined && this.#isClaimed) throw new Error(heldText(this.path, owner));
    const { device, deviceAbove } = this.#place;
    if (place.deviceAbove !== deviceAbove || (place.device !== device && !Number.isNaN(place.device))) {
      throw new Error(
        `${this.path}: expected the disk of the history, found another file system; attach the disk, or restart the server to begin there`,
      );
    }
    // Someone deleted the files, or they could only be read before.
    await makeFolder(this.path);
    await this.#claim();
  }

  async close(): Promise<void> {
    closed.add(this.#owner.token);
    const owner = await this.#lockOwner().catch(() => undefined);
    if (owner?.token === this.#owner.token) await unlink(join(this.path, LOCK)).catch(() => undefined);
  }

  async #claim(): Promise<void> {
    await this.#take();
    await this.#removeLeftovers();
    try {
      await finishReplacement(this.path);
    } catch (error) {
      await this.close();
      throw error;
    }
    this.#isClaimed = true;
  }

  async #take(): Promise<void> {
    closed.delete(this.#owner.token);
    const text = `${JSON.stringify({ ...this.#owner, inode: await inodeOf(this.path) })}\n`;
    const lock = join(this.path, LOCK);
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      try {
        await writeNew(lock, text);
        return;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      }
      let found = await this.#lockText();
      let owner = await this.#ownerIn(found);
      if (owner === undefined) {
        // Another server may be about to write its name.
        await pause(SETTLING);
        found = await this.#lockText();
        owner = await this.#ownerIn(found);
      }
      if (owner !== undefined && (await isHeld(owner, this.#owner)))
        throw new Error(heldText(this.path, owner));
      if (found !== undefined && (await replaceDeadLock(lock, found, text))) return;
      await pause(SETTLING);
    }
    throw new Error(heldText(this.path, await this.#lockOwner()));
  }

  /** Removes the locks of servers that were killed while they took over this one. A leftover that cannot be removed does no harm. */
  async #removeLeftovers(): Promise<void> {
    for (const name of await readdir(this.path).catch(() => []))
      if (name.startsWith(`${LOCK}.`)) await unlink(join(this.path, name)).catch(() => undefined);
  }

  async #lockOwner(): Promise<LockOwner | undefined> {
    return this.#ownerIn(await this.#lockText());
  }

  /** Undefined if there is no lock. */
  async #lockText(): Promise<string | undefined> {
    try {
      return await readFile(join(this.path, LOCK), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }

  /** Undefined without a lock, for one whose text was lost in a power cut, and one that was copied with the folder of another server. */
  async #ownerIn(text: string | undefined): Promise<LockOwner | undefined> {
    if (text === undefined) return undefined;
    const inode = /"inode":"(\d+)"/.exec(text)?.[1];
    return inode === undefined || inode === (await inodeOf(this.path)) ? ownerIn(text) : undefined;
  }
}

/** Writes a file that is not there yet; leaves none behind if its text cannot be written, as on a full disk. */
async function writeNew(file: string, text: string): Promise<void> {
  const handle = await open(file, 'wx');
  try {
    await writeAll(handle, Buffer.from(text));
  } catch (error) {
    await unlink(file).catch(() => undefined);
    throw error;
  } finally {
    await handle.close();
  }
}

/** A process that cannot be seen counts as running, unless its machine or its container, of the same name, has restarted since. */
async function isHeld(owner: LockOwner, own: LockOwner): Promise<boolean> {
  if (closed.has(owner.token)) return false;
  const seen = await isRunning(owner);
  if (seen !== undefined) return seen;
  const isSameName = owner.host === own.host && owner.machine === own.machine;
  return !(isSameName && (owner.namespace !== own.namespace || owner.boot !== own.boot));
}

async function placeOf(folder: string): Promise<FolderPlace> {
  // NaN for a folder that is not there.
  const deviceOf = (path: string) =>
    stat(path).then(
      ({ dev }) => dev,
      () => Number.NaN,
    );
  return {
    device: await deviceOf(folder),
    deviceAbove: await deviceOf(dirname(folder)),
    mountPoint: mountPointOf(await realPath(folder), await mountTables()),
  };
}

/** The number of the folder in its file system: a copy has another one. */
async function inodeOf(folder: string): Promise<string> {
  return String((await stat(folder, { bigint: true })).ino);
}

function heldText(path: string, owner: LockOwner | undefined): string {
  const process = owner === undefined ? '' : ` (process ${owner.pid} on ${owner.host})`;
  const end = `If it does not run, delete ${join(path, LOCK)}`;
  if (owner?.program === 'dapberry import') {
    return `${path}: dapberry import${process} writes into it; start again when it has ended. ${end}`;
  }
  return `${path}: another server${process} keeps its history there; stop it, or set another history.path. ${end}`;
}

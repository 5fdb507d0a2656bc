// Claims a history's folder for this server, and checks before each write that it is still the same folder.

import { readFile, rename, stat, unlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { isRunning, type LockOwner, ownerIn, thisOwner } from '../machine/lock-owner.ts';
import { makeFolder } from './durable.ts';

/** No dataset can have this name. */
const LOCK = '.dapberry.lock';

/** How long another server may take to write its name into a lock that it takes over too, in milliseconds. */
const SETTLING = 50;

export class HistoryFolder {
  readonly path: string;
  readonly #owner: LockOwner;
  /** The numbers of the file systems of the folder and of the folder above. */
  readonly #devices: readonly [number, number];

  private constructor(path: string, owner: LockOwner, devices: readonly [number, number]) {
    this.path = path;
    this.#owner = owner;
    this.#devices = devices;
  }

  /** Creates the folder if there is none. Rejects with a sentence if it cannot be used, or another server uses it. */
  static async open(path: string): Promise<HistoryFolder> {
    const folder = resolve(path);
    await makeFolder(folder);
    const opened = new HistoryFolder(folder, await thisOwner('dapberry serve'), await devicesOf(folder));
    await opened.#take();
    return opened;
  }

  /** Rejects with a sentence if the folder is not there any more, such as on a disk that was pulled out, or taken by another server. */
  async check(): Promise<void> {
    const owner = await this.#lockOwner();
    if (owner?.token === this.#owner.token) return;
    if (owner !== undefined) throw new Error(heldText(this.path, owner));
    const [own, above] = await devicesOf(this.path);
    const [before, aboveBefore] = this.#devices;
    if (above !== aboveBefore || (own !== before && !Number.isNaN(own))) {
      throw new Error(
        `${this.path}: expected the disk of the history, found another file system; attach the disk`,
      );
    }
    // Someone deleted the files.
    await makeFolder(this.path);
    await this.#take();
  }

  async close(): Promise<void> {
    const owner = await this.#lockOwner().catch(() => undefined);
    if (owner?.token === this.#owner.token) await unlink(join(this.path, LOCK)).catch(() => undefined);
  }

  async #take(): Promise<void> {
    const text = `${JSON.stringify(this.#owner)}\n`;
    const lock = join(this.path, LOCK);
    try {
      await writeFile(lock, text, { flag: 'wx' });
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    let owner = await this.#lockOwner();
    if (owner === undefined) {
      // Another server may be about to write its name.
      await pause(SETTLING);
      owner = await this.#lockOwner();
    }
    if (owner !== undefined && (await isHeld(owner, this.#owner)))
      throw new Error(heldText(this.path, owner));
    const own = `${lock}.${this.#owner.token}`;
    await writeFile(own, text);
    await rename(own, lock);
    await pause(SETTLING);
    const now = await this.#lockOwner();
    if (now?.token !== this.#owner.token) throw new Error(heldText(this.path, now));
  }

  /** Undefined if there is no lock, or one whose text was lost in a power cut. */
  async #lockOwner(): Promise<LockOwner | undefined> {
    try {
      return ownerIn(await readFile(join(this.path, LOCK), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw error;
    }
  }
}

/** A process that cannot be seen counts as running, unless its machine or its container, of the same name, has restarted since. */
async function isHeld(owner: LockOwner, own: LockOwner): Promise<boolean> {
  const seen = await isRunning(owner);
  if (seen !== undefined) return seen;
  const isSameName = owner.host === own.host && owner.machine === own.machine;
  return !(isSameName && (owner.namespace !== own.namespace || owner.boot !== own.boot));
}

/** NaN for a folder that is not there. */
async function devicesOf(folder: string): Promise<readonly [number, number]> {
  const device = (path: string) =>
    stat(path).then(
      ({ dev }) => dev,
      () => Number.NaN,
    );
  return [await device(folder), await device(dirname(folder))];
}

function heldText(path: string, owner: LockOwner | undefined): string {
  const other =
    owner === undefined ? 'another server' : `another server (process ${owner.pid} on ${owner.host})`;
  return `${path}: ${other} keeps its history there; stop it, or set another history.path. If it does not run, delete ${join(path, LOCK)}`;
}

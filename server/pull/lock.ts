// Keeps a second pull from the files of the first: a file beside them names the process that writes there.

import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, realpath, rename, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pause } from '../../dap/client/http/reconnect.ts';
import { readRegular, UnfitFile } from '../../device/index.ts';
import { fileError } from './file-error.ts';
import { isRunning, type LockOwner, ownerIn, thisOwner } from './lock-owner.ts';

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Tells a person what is waited for, or cannot be done. */
  readonly tell: (text: string) => void;
  /** Seconds between two signs of life; 10 by default. */
  readonly beat?: number;
}

/** Beats without a sign of life after which an owner that cannot be seen from here is taken for dead. */
const PATIENCE = 3;

/** Seconds after which a lock that was taken over is looked at again: two may have done so at once. */
const SETTLING = 0.2;

/** Bytes of a lock at most. */
const LARGEST = 65_536;

/** Attempts to make a lock where each finds one that is gone as soon as it is read. */
const ATTEMPTS = 100;

/** Codes of a folder in which no file can be made. */
const UNWRITABLE = new Set(['EACCES', 'EPERM', 'EROFS']);

/** The lock of `path`, a file or a pattern of names, is a hidden file in the same folder. */
export class Lock {
  readonly #path: string;
  readonly #file: string;
  readonly #owner: LockOwner;
  readonly #beat: number;
  #timer: ReturnType<typeof setInterval> | undefined;
  #seenAt = performance.now();

  private constructor(path: string, file: string, owner: LockOwner, beat: number) {
    this.#path = path;
    this.#file = file;
    this.#owner = owner;
    this.#beat = beat;
  }

  /**
   * Takes the lock. One whose process has ended is taken over; where that process cannot be seen from here, after some
   * beats without a sign of life.
   * @returns undefined where the folder takes no file
   * @throws one sentence that names the process that holds it
   */
  static async take(path: string, { signal, tell, beat = 10 }: LockOptions): Promise<Lock | undefined> {
    // By whatever links it is named.
    const real = await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
    const file = join(dirname(real), `.${basename(real)}.lock`);
    const owner = await thisOwner();
    const lock = new Lock(path, file, owner, beat);
    let attempts = 0;
    try {
      while (!(await lock.#create())) {
        const found = await lock.#found();
        // Its owner has removed it since; of a link that leads nowhere this goes on.
        if (found === undefined) {
          attempts += 1;
          if (attempts === ATTEMPTS) throw new Error(foreignText(file, 'a link to nothing'));
          continue;
        }
        const isOfPull = found.replaceAll('\0', '').trim() === '' || ownerIn(found.replaceAll('\0', ''));
        if (!isOfPull) throw new Error(foreignText(file, 'something else'));
        if (await lock.#isHeld(found, signal, tell)) throw new Error(heldText(path, ownerIn(found)));
        if (await lock.#takeOver(found, signal)) break;
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !UNWRITABLE.has(code)) throw fileError(file, error);
      tell(`${file}: the lock cannot be made (${code}); see to it that no other pull writes there`);
      return undefined;
    }
    process.once('exit', lock.#removeNow);
    lock.#timer = setInterval(() => lock.#showLife().catch(() => {}), 1000 * beat).unref();
    return lock;
  }

  /** Looks, where the last look is some time ago, whether the lock is still this process's. Throws one sentence if not. */
  async verify(): Promise<void> {
    if (performance.now() - this.#seenAt < 1000 * this.#beat) return;
    const found = await this.#read();
    // A lock that somebody removed harms nobody as long as no other takes its place.
    const isOurs = found === undefined ? await this.#create() : found.token === this.#owner.token;
    if (!isOurs) throw new Error(heldText(this.#path, found));
    this.#seenAt = performance.now();
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    process.removeListener('exit', this.#removeNow);
    if ((await this.#read())?.token === this.#owner.token) await unlink(this.#file).catch(() => {});
  }

  /** The text of the lock that is there; undefined where it is gone. */
  async #found(): Promise<string | undefined> {
    try {
      return Buffer.from(await readRegular(this.#file, LARGEST)).toString();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return undefined;
      if (error instanceof UnfitFile) throw new Error(foreignText(this.#file, error.found), { cause: error });
      throw new Error(foreignText(this.#file, `one that cannot be read (${code})`), { cause: error });
    }
  }

  async #create(): Promise<boolean> {
    try {
      await writeFile(this.#file, `${JSON.stringify(this.#owner)}\n`, { flag: 'wx' });
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      // Made, and not written to: no space.
      if (code === 'ENOSPC' || code === 'EDQUOT') await unlink(this.#file).catch(() => {});
      throw error;
    }
  }

  async #isHeld(text: string, signal: AbortSignal, tell: (text: string) => void): Promise<boolean> {
    const owner = ownerIn(text);
    const seen = owner === undefined ? undefined : await isRunning(owner);
    if (seen !== undefined) return seen;
    const wait = PATIENCE * this.#beat;
    tell(
      `${this.#path}: waits up to ${wait} s for a sign of life from ${nameOf(owner)}, which has locked it`,
    );
    const before = await stamp(this.#file);
    for (let beat = 0; beat < PATIENCE; beat += 1) {
      await pause(this.#beat, signal);
      if ((await stamp(this.#file)) !== before) return true;
    }
    return false;
  }

  /** False where another was faster. */
  async #takeOver(from: string, signal: AbortSignal): Promise<boolean> {
    if ((await readFile(this.#file, 'utf8').catch(() => undefined)) !== from) return false;
    const own = `${this.#file}.${this.#owner.token}`;
    await writeFile(own, `${JSON.stringify(this.#owner)}\n`, { flag: 'wx' });
    await rename(own, this.#file);
    await pause(SETTLING, signal);
    return (await this.#read())?.token === this.#owner.token;
  }

  async #read(): Promise<LockOwner | undefined> {
    return ownerIn(await readFile(this.#file, 'utf8').catch(() => ''));
  }

  async #showLife(): Promise<void> {
    if ((await this.#read())?.token !== this.#owner.token) return;
    const now = new Date();
    await utimes(this.#file, now, now);
  }

  readonly #removeNow = (): void => {
    try {
      if (ownerIn(readFileSync(this.#file, 'utf8'))?.token === this.#owner.token) unlinkSync(this.#file);
    } catch {
      // The next pull finds that the process of the lock has ended.
    }
  };
}

function foreignText(file: string, found: string): string {
  return `${file}: expected the lock of a pull or no file, found ${found}; name another output`;
}

function heldText(path: string, owner: LockOwner | undefined): string {
  return `${path}: ${nameOf(owner)} writes there already; end that one, or name another file with --output`;
}

function nameOf(owner: LockOwner | undefined): string {
  return owner === undefined ? 'another pull' : `another pull (process ${owner.pid} on ${owner.host})`;
}

async function stamp(file: string): Promise<string> {
  const { mtimeMs, ino } = await stat(file).catch(() => ({ mtimeMs: 0, ino: 0 }));
  return `${mtimeMs} ${ino}`;
}

// Keeps a second pull away from the files of the first by a lock file that names the writing process.

import { readFileSync, unlinkSync } from 'node:fs';
import { readFile, realpath, stat, unlink, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { pause } from '../../dap/client/http/reconnect.ts';
import { readRegular, UnfitFile } from '../../device/index.ts';
import { replaceDeadLock } from '../machine/dead-lock.ts';
import { isRunning, type LockOwner, ownerIn, thisOwner } from '../machine/lock-owner.ts';
import { fileError } from './file-error.ts';

export interface LockOptions {
  readonly signal: AbortSignal;
  /** Reports to a person a wait or a failure. */
  readonly tell: (text: string) => void;
  /** Seconds between two signs of life; 10 by default. */
  readonly beat?: number;
}

/** Beats without a sign of life after which an owner that cannot be seen counts as dead. */
const PATIENCE = 3;

/** Bytes of the largest lock. */
const LARGEST = 65_536;

/** Attempts to create a lock if each attempt finds a lock that disappears before it is read. */
const ATTEMPTS = 100;

/** Error codes of a folder in which no file can be created. */
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
   * Takes the lock. A lock is taken over if its process has ended, or, if that process cannot be seen, after some beats without
   * a sign of life.
   * @returns undefined if the folder accepts no file
   * @throws one sentence that names the process that holds the lock
   */
  static async take(path: string, { signal, tell, beat = 10 }: LockOptions): Promise<Lock | undefined> {
    // Links to the same file share a lock.
    const real = await realpath(path).catch(async () => join(await realpath(dirname(path)), basename(path)));
    const file = join(dirname(real), `.${basename(real)}.lock`);
    const owner = await thisOwner('dapberry pull');
    const lock = new Lock(path, file, owner, beat);
    let attempts = 0;
    try {
      while (!(await lock.#create())) {
        const found = await lock.#found();
        // Its owner has just removed it, or it is a broken link, for which the attempts run out.
        if (found === undefined) {
          attempts += 1;
          if (attempts === ATTEMPTS) throw new Error(foreignText(file, 'a broken link'));
          continue;
        }
        const isOfPull = found.replaceAll('\0', '').trim() === '' || ownerIn(found.replaceAll('\0', ''));
        if (!isOfPull) throw new Error(foreignText(file, 'something else'));
        if (await lock.#isHeld(found, signal, tell)) throw new Error(heldText(path, ownerIn(found)));
        if (await replaceDeadLock(file, found, lock.#text)) break;
      }
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === undefined || !UNWRITABLE.has(code)) throw fileError(file, error);
      tell(`${file}: the lock cannot be created (${code}); make sure that no other pull writes there`);
      return undefined;
    }
    process.once('exit', lock.#removeNow);
    lock.#timer = setInterval(() => lock.#showLife().catch(() => {}), 1000 * beat).unref();
    return lock;
  }

  /** Checks, at most once per beat, that this process still holds the lock. Throws one sentence if not. */
  async verify(): Promise<void> {
    if (performance.now() - this.#seenAt < 1000 * this.#beat) return;
    const found = await this.#read();
    // A removed lock is created again, unless another process has taken its place.
    const isOurs = found === undefined ? await this.#create() : found.token === this.#owner.token;
    if (!isOurs) throw new Error(heldText(this.#path, found));
    this.#seenAt = performance.now();
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    process.removeListener('exit', this.#removeNow);
    if ((await this.#read())?.token === this.#owner.token) await unlink(this.#file).catch(() => {});
  }

  get #text(): string {
    return `${JSON.stringify(this.#owner)}\n`;
  }

  /** The text of the existing lock; undefined if there is none. */
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
      await writeFile(this.#file, this.#text, { flag: 'wx' });
      return true;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'EEXIST') return false;
      // The file was created, but there is no space for its text.
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
      `${this.#path}: waiting up to ${wait} s for a sign of life from ${nameOf(owner)}, which holds the lock`,
    );
    const before = await stamp(this.#file);
    for (let beat = 0; beat < PATIENCE; beat += 1) {
      await pause(this.#beat, signal);
      if ((await stamp(this.#file)) !== before) return true;
    }
    return false;
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
  return `${path}: ${nameOf(owner)} writes there already; stop it, or name another file with --output`;
}

function nameOf(owner: LockOwner | undefined): string {
  return owner === undefined ? 'another pull' : `another pull (process ${owner.pid} on ${owner.host})`;
}

async function stamp(file: string): Promise<string> {
  const { mtimeMs, ino } = await stat(file).catch(() => ({ mtimeMs: 0, ino: 0 }));
  return `${mtimeMs} ${ino}`;
}

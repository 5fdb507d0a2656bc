// Writes rows into one file or one file per day, after the rows that exist already.

import { basename } from 'node:path';
import type { FollowedRows } from '../../dap/index.ts';
import { csvEncoder } from '../formats/csv-rows.ts';
import type { FileEnd, LastTime } from './file-end.ts';
import { filesOf, pathOf } from './file-names.ts';
import { LastWritten } from './last-written.ts';
import type { Lock } from './lock.ts';
import { DAY } from './output.ts';
import { recognise } from './recognise.ts';
import { RowFile, type WritableFile } from './row-file.ts';
import { millisOf, type RowShape } from './row-shape.ts';

/** Attempts to open a file that changes between its examination and its opening. */
const ATTEMPTS = 5;

export interface RowFilesOptions {
  /** The name of the files; with `{date}` in it, there is one per day. */
  readonly pattern: string;
  readonly shape: RowShape;
  /** Reports to a person which files are started or shortened. */
  readonly tell: (text: string) => void;
  /** Locks a file whose name differs from the pattern. */
  readonly lock?: (path: string) => Promise<Lock | undefined>;
  /** Continues no existing file, because the types of the columns have changed. */
  readonly startsNewFile?: boolean;
}

export class RowFiles {
  readonly #pattern: string;
  readonly #shape: RowShape;
  readonly #tell: (text: string) => void;
  readonly #lastWritten: LastWritten;
  readonly #takeLock: RowFilesOptions['lock'];
  #startsNewFile: boolean;
  #lock: Lock | undefined;
  #file: RowFile | undefined;
  #day: string | undefined;
  /** No file with rows has a later name than the open one. */
  #isNewest = true;

  /** @throws if the file name has `{date}` but the rows have no time */
  constructor({ pattern, shape, tell, lock, startsNewFile = false }: RowFilesOptions) {
    this.#takeLock = lock;
    this.#pattern = pattern;
    this.#shape = shape;
    this.#tell = tell;
    this.#startsNewFile = startsNewFile;
    this.#lastWritten = new LastWritten(pattern);
    if (pattern.includes(DAY) && shape.time?.units === undefined) throw new Error(withoutDays(shape));
  }

  /**
   * The last time in the files; undefined without one. Writes nothing.
   * @throws for a file that is not of a pull, or whose rows cannot be continued
   */
  async earlier(): Promise<LastTime | undefined> {
    const files = (await filesOf(this.#pattern)).map(({ path }) => path);
    for (const { path, size } of await this.#lastWritten.read()) {
      const end = files.includes(path) ? await this.#endOf(path) : undefined;
      if (end !== undefined && end.keep > size && end.last !== undefined) return end.last;
    }
    for (const path of files.toReversed()) {
      const end = await this.#endOf(path);
      if (end?.last !== undefined) return end.last;
      if (this.#shape.time === undefined && end?.lastFields !== undefined) {
        throw new Error(
          `${path}: expected a time column, to continue after the existing rows, found ${this.#shape.head}; request the time too, or name another file with --output`,
        );
      }
    }
    // Reports an unsuitable file before the first rows arrive.
    if (!this.#pattern.includes(DAY)) await this.#choose('');
    return undefined;
  }

  /** Writes rows, each into the file of its day. Resolves when the system has them. */
  async write(rows: FollowedRows): Promise<void> {
    let begin = 0;
    let day = this.#day;
    for (let index = 0; index < rows.length; index += 1) {
      const own = this.#dayOf(rows, index) ?? day ?? new Date().toISOString().slice(0, 10);
      if (own !== day) {
        await this.#append(day, rows, begin, index);
        [day, begin] = [own, index];
      }
    }
    await this.#append(day, rows, begin, rows.length);
  }

  async close(): Promise<void> {
    const [file, lock] = [this.#file, this.#lock];
    this.#file = undefined;
    this.#lock = undefined;
    try {
      await file?.close();
    } finally {
      await lock?.release();
    }
  }

  /** Adds the rows `begin` to `end - 1` to the file of their day. */
  async #append(day: string | undefined, rows: FollowedRows, begin: number, end: number): Promise<void> {
    if (begin === end || day === undefined) return;
    await this.#lock?.verify();
    const change = day === this.#day ? await this.#file?.change() : undefined;
    if (change === 'gone') this.#tell(`${this.#file!.path}: it was deleted or renamed; starting a new file`);
    if (change === 'shortened')
      this.#tell(`${this.#file!.path}: another program has emptied or shortened it; starting a new file`);
    if (change !== 'none') await this.#open(day);
    const file = this.#file!;
    if (change !== 'none') await this.#lastWritten.begin(file, this.#isNewest);
    const encode = csvEncoder(rows.sequence, this.#shape.missing, file.lineEnd);
    await file.append(encode(rows, begin, end));
    if (change !== 'none' && this.#isNewest) await this.#lastWritten.forget();
  }

  async #open(day: string): Promise<void> {
    await this.close();
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const { path, number, found } = await this.#choose(day);
      // The lock on the pattern does not stop a pull that names this file itself.
      await this.#lock?.release();
      this.#lock = basename(path) === basename(this.#pattern) ? undefined : await this.#takeLock?.(path);
      this.#file = await RowFile.open(path, found, this.#shape, this.#tell);
      if (this.#file === undefined) continue;
      this.#day = day;
      this.#startsNewFile = false;
      this.#isNewest = !(await this.#hasNewer(day, number));
      return;
    }
    throw new Error(
      `${pathOf(this.#pattern, day, 1)}: expected a file that no other program changes, found changes at each attempt to open it`,
    );
  }

  /** The file for the rows of a day. */
  async #choose(day: string): Promise<{ path: string; number: number; found: WritableFile }> {
    const files = (await filesOf(this.#pattern)).filter(file => file.day === day);
    let [why, newest] = ['', 0];
    let foreign: string | undefined;
    for (const { path, number } of files.toReversed()) {
      const found = await recognise(path, this.#shape);
      if (found.kind === 'foreign') {
        if (number === 1) foreign = found.found;
      } else if (found.kind === 'earlier' || this.#startsNewFile) {
        newest ||= number;
        why ||= found.kind === 'earlier' ? `${path}: ${found.why}` : path;
      } else return { path, number, found };
    }
    const first = pathOf(this.#pattern, day, 1);
    if (foreign !== undefined) throw new Error(foreignText(first, this.#shape, foreign));
    let number = newest + 1;
    while (files.some(file => file.number === number)) number += 1;
    const path = pathOf(this.#pattern, day, number);
    if (why !== '') this.#tell(`${why}; new rows, with the columns ${this.#shape.head}, go into ${path}`);
    return { path, number, found: { kind: 'absent' } };
  }

  /** Whether a file with rows has a later name than this one. */
  async #hasNewer(day: string, number: number): Promise<boolean> {
    for (const file of await filesOf(this.#pattern)) {
      if (file.day < day || (file.day === day && file.number <= number)) continue;
      if ((await this.#endOf(file.path))?.last !== undefined) return true;
    }
    return false;
  }

  /** The end of a file's rows; undefined if the file is not of this pull or has no rows yet. */
  async #endOf(path: string): Promise<FileEnd | undefined> {
    const found = await recognise(path, this.#shape);
    return found.kind === 'ours' || found.kind === 'earlier' ? found.end : undefined;
  }

  /** The day of a row; undefined for a row without a valid time. */
  #dayOf({ columns }: FollowedRows, row: number): string | undefined {
    if (!this.#pattern.includes(DAY)) return '';
    const millis = millisOf(this.#shape, columns, row);
    const text = Number.isNaN(millis) ? '' : new Date(millis).toISOString();
    return /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined;
  }
}

function withoutDays({ time, head }: RowShape): string {
  const found = time === undefined ? head : `${time.name}, whose units name no start`;
  return `expected a time column for ${DAY}, found ${found}; request the time too, or remove ${DAY} from the file name`;
}

function foreignText(path: string, { head }: RowShape, found: string): string {
  return `${path}: expected an empty file, or one that begins with the header line ${head}, found ${found}; the file is unchanged: name another one with --output`;
}

// Puts rows into files: one, or one for each day, after the rows that are there already.

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

/** Attempts to open a file that changes each time it was looked at. */
const ATTEMPTS = 5;

export interface RowFilesOptions {
  /** The name of the files; with `{date}` in it there is one for each day. */
  readonly pattern: string;
  readonly shape: RowShape;
  /** Tells a person what is begun or cut off. */
  readonly tell: (text: string) => void;
  /** Keeps other pulls from a file whose name is not the pattern. */
  readonly lock?: (path: string) => Promise<Lock | undefined>;
  /** Never goes on with a file that is there: its columns have other types. */
  readonly anew?: boolean;
}

export class RowFiles {
  readonly #pattern: string;
  readonly #shape: RowShape;
  readonly #tell: (text: string) => void;
  readonly #lastWritten: LastWritten;
  readonly #takeLock: RowFilesOptions['lock'];
  #anew: boolean;
  #lock: Lock | undefined;
  #file: RowFile | undefined;
  #day: string | undefined;
  /** No file with rows comes behind the one that is open by its name. */
  #isNewest = true;

  /** @throws where rows without a time are to go into files of days */
  constructor({ pattern, shape, tell, lock, anew = false }: RowFilesOptions) {
    this.#takeLock = lock;
    this.#pattern = pattern;
    this.#shape = shape;
    this.#tell = tell;
    this.#anew = anew;
    this.#lastWritten = new LastWritten(pattern);
    if (pattern.includes(DAY) && shape.time?.units === undefined) throw new Error(withoutDays(shape));
  }

  /**
   * The last row that the files have with a time; undefined where they have none. Writes nothing.
   * @throws where a file is there that is not of a pull, or one whose rows cannot be gone on with
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
          `${path}: expected a column of times, by which to go on with the rows that there are, found ${this.#shape.head}; ask for the time too, or name another file with --output`,
        );
      }
    }
    // What is there is told before rows are waited for.
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
    if (change === 'gone') this.#tell(`${this.#file!.path}: it was deleted or renamed; begins it anew`);
    if (change === 'shortened')
      this.#tell(`${this.#file!.path}: another program has emptied or shortened it; begins it anew`);
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
      // The lock of the pattern is not that of another pull which names this file.
      await this.#lock?.release();
      this.#lock = basename(path) === basename(this.#pattern) ? undefined : await this.#takeLock?.(path);
      this.#file = await RowFile.open(path, found, this.#shape, this.#tell);
      if (this.#file === undefined) continue;
      this.#day = day;
      this.#anew = false;
      this.#isNewest = !(await this.#hasNewer(day, number));
      return;
    }
    throw new Error(
      `${pathOf(this.#pattern, day, 1)}: expected a file that stays as it is, found it changed at each look`,
    );
  }

  /** The file of a day that rows go to. */
  async #choose(day: string): Promise<{ path: string; number: number; found: WritableFile }> {
    const files = (await filesOf(this.#pattern)).filter(file => file.day === day);
    let [why, newest] = ['', 0];
    let foreign: string | undefined;
    for (const { path, number } of files.toReversed()) {
      const found = await recognise(path, this.#shape);
      if (found.kind === 'foreign') {
        if (number === 1) foreign = found.found;
      } else if (found.kind === 'earlier' || this.#anew) {
        newest ||= number;
        why ||= found.kind === 'earlier' ? `${path}: ${found.why}` : path;
      } else return { path, number, found };
    }
    const first = pathOf(this.#pattern, day, 1);
    if (foreign !== undefined) throw new Error(foreignText(first, this.#shape, foreign));
    let number = newest + 1;
    while (files.some(file => file.number === number)) number += 1;
    const path = pathOf(this.#pattern, day, number);
    if (why !== '') this.#tell(`${why}; the rows of now, ${this.#shape.head}, go into ${path}`);
    return { path, number, found: { kind: 'absent' } };
  }

  /** Whether a file with rows comes behind this one by its name. */
  async #hasNewer(day: string, number: number): Promise<boolean> {
    for (const file of await filesOf(this.#pattern)) {
      if (file.day < day || (file.day === day && file.number <= number)) continue;
      if ((await this.#endOf(file.path))?.last !== undefined) return true;
    }
    return false;
  }

  /** Where the rows of a file end; undefined for one that is not of this pull or has no row yet. */
  async #endOf(path: string): Promise<FileEnd | undefined> {
    const found = await recognise(path, this.#shape);
    return found.kind === 'ours' || found.kind === 'earlier' ? found.end : undefined;
  }

  /** Undefined for a row without a time that a calendar has. */
  #dayOf({ columns }: FollowedRows, row: number): string | undefined {
    if (!this.#pattern.includes(DAY)) return '';
    const millis = millisOf(this.#shape, columns, row);
    const text = Number.isNaN(millis) ? '' : new Date(millis).toISOString();
    return /^\d{4}-/.test(text) ? text.slice(0, 10) : undefined;
  }
}

function withoutDays({ time, head }: RowShape): string {
  const found =
    time === undefined ? head : `${time.name}, which counts from a moment that the server does not name`;
  return `expected a column of times for ${DAY}, found ${found}; ask for the time too, or leave ${DAY} out of the file's name`;
}

function foreignText(path: string, { head }: RowShape, found: string): string {
  return `${path}: expected an empty file, or one that begins with the line of names ${head}; found ${found}. It is left as it is: name another file with --output`;
}

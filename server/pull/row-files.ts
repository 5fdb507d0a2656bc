// Where do pulled rows go? Into one file, or one for each day, after the rows that are there already.

import { type FileHandle, open, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { Rows } from '../../dap/index.ts';
import { csvHead, csvRow } from './csv.ts';

/** Stands in the name of a file for the day of its rows, in UTC: `2026-11-21`. */
export const DAY = '{date}';

/** How much of the end of a file is searched for its last row, and the longest line of names, in bytes. */
const TAIL = 65_536;

const NEWLINE = 0x0a;

/** What is in the files of an earlier pull. */
export interface Earlier {
  /** The line of names. */
  readonly head: string;
  /** The last row that is whole; undefined where there is none. */
  readonly last: string | undefined;
}

export class RowFiles {
  readonly #pattern: string;
  #file: FileHandle | undefined;
  #path: string | undefined;

  /** @param pattern the name of the file; with `{date}` in it there is one for each day */
  constructor(pattern: string) {
    this.#pattern = pattern;
  }

  /**
   * What an earlier pull has left, in the newest file that has a row; a row that it could not write to its end is cut off.
   * Undefined where there is nothing.
   */
  async earlier(): Promise<Earlier | undefined> {
    let head: string | undefined;
    for (const path of (await this.#paths()).toReversed()) {
      const found = await earlierIn(path);
      if (found?.last !== undefined) return found;
      head ??= found?.head;
    }
    return head === undefined ? undefined : { head, last: undefined };
  }

  /** Writes rows, each into the file of its day. Resolves when the system has them. */
  async write(rows: Rows): Promise<void> {
    const head = `${csvHead(rows.sequence)}\n`;
    const time = rows.columns[timeColumn(rows)];
    let [path, text] = [this.#pattern, ''];
    for (let index = 0; index < rows.length; index += 1) {
      const own = this.#pathAt(Number(time?.[index]));
      if (own !== path) {
        await this.#append(path, head, text);
        [path, text] = [own, ''];
      }
      text += `${csvRow(rows, index)}\n`;
    }
    await this.#append(path, head, text);
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }

  async #append(path: string, head: string, text: string): Promise<void> {
    if (text === '') return;
    if (path !== this.#path || this.#file === undefined) {
      await this.close();
      this.#file = await open(path, 'a');
      this.#path = path;
      if ((await this.#file.stat()).size === 0) await this.#file.appendFile(head);
    }
    await this.#file.appendFile(text);
  }

  #pathAt(time: number): string {
    if (!this.#pattern.includes(DAY)) return this.#pattern;
    if (!Number.isFinite(time)) throw new Error(`expected a time in each row for ${DAY}, found ${time}`);
    return this.#pattern.replaceAll(DAY, new Date(time * 1000).toISOString().slice(0, 10));
  }

  /** The files that there are, the oldest day first. */
  async #paths(): Promise<readonly string[]> {
    const [folder, name] = [dirname(this.#pattern), basename(this.#pattern)];
    const names = await readdir(folder).catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${folder}: expected a folder that can be read (${error.code})`, { cause: error });
    });
    const [before = '', ...after] = name.split(DAY).map(part => part.replaceAll(/[^\w]/g, '\\$&'));
    const ours = new RegExp(`^${[before, ...after].join('\\d{4}-\\d{2}-\\d{2}')}$`);
    return names
      .filter(found => ours.test(found))
      .toSorted()
      .map(found => join(folder, found));
  }
}

/** The column named `time`, else the first. */
function timeColumn({ sequence }: Rows): number {
  return Math.max(
    0,
    sequence.fields.findIndex(({ name }) => name === 'time'),
  );
}

async function earlierIn(path: string): Promise<Earlier | undefined> {
  const file = await open(path, 'r+');
  try {
    const { size } = await file.stat();
    const first = await bytesAt(file, 0, Math.min(size, TAIL));
    const headEnd = first.indexOf(NEWLINE);
    if (headEnd < 0) {
      // Nothing but the beginning of a line of names.
      await file.truncate(0);
      return undefined;
    }
    const from = Math.max(headEnd + 1, size - TAIL);
    const tail = await bytesAt(file, from, size - from);
    const end = tail.lastIndexOf(NEWLINE) + 1;
    if (end < tail.length) await file.truncate(from + end);
    const rows = tail.toString('utf8', 0, Math.max(0, end - 1));
    const last = rows.slice(rows.lastIndexOf('\n') + 1);
    return { head: first.toString('utf8', 0, headEnd), last: last === '' ? undefined : last };
  } finally {
    await file.close();
  }
}

async function bytesAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const bytes = Buffer.alloc(length);
  const { bytesRead } = await file.read(bytes, 0, length, position);
  return bytes.subarray(0, bytesRead);
}

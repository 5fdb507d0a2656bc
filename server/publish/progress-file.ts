// Keeps on disk up to which row a receiver has the rows of a dataset, so that another start goes on behind it.

import { createHash } from 'node:crypto';
import { lstat, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeDurably } from '../machine/durable.ts';

/** Begins each file, so that no file of another program is replaced. */
const MARK = '{"dapberry":"publishing"';

const PROGRESS = z.object({
  /** Seconds since 1970: the receiver has the rows up to this time. */
  time: z.number(),
  /** Rows that were still to be sent at a clean stop; absent while the server runs. */
  waiting: z.int().min(0).optional(),
});

const FILE = PROGRESS.extend({ dapberry: z.string(), dataset: z.string(), kind: z.string() });

export type Progress = z.infer<typeof PROGRESS>;

export interface ProgressPlace {
  /** The folders for state, the preferred one first; the first that can be written is used. */
  readonly folders: readonly string[];
  /** Tells servers with other configurations apart. */
  readonly owner: string;
  readonly dataset: string;
  readonly kind: string;
  /** The receiver. */
  readonly identity: string;
}

export class ProgressFile {
  readonly #place: ProgressPlace;
  readonly #name: string;

  constructor(place: ProgressPlace) {
    this.#place = place;
    const { owner, dataset, kind, identity } = place;
    const hash = createHash('sha256')
      .update(JSON.stringify([owner, dataset, kind, identity]))
      .digest('hex');
    this.#name = `${dataset}-${kind}-${hash.slice(0, 16)}.json`;
  }

  /** Undefined if there is none, or none that can be read. Does not reject. */
  async read(): Promise<Progress | undefined> {
    const found: Progress[] = [];
    for (const folder of this.#folders) {
      const text = await readFile(join(folder, this.#name), 'utf8').catch(() => '');
      const progress = progressIn(text);
      if (progress !== undefined) found.push(progress);
    }
    // A folder that can be written now may have been missing at the start before.
    return found.sort((one, other) => other.time - one.time)[0];
  }

  /** Rejects with the error of the last folder if none can be written. */
  async write(progress: Progress): Promise<void> {
    let problem: unknown = new Error('no folder is known for the state of the server');
    for (const folder of this.#folders) {
      try {
        await this.#writeIn(folder, progress);
        return;
      } catch (error) {
        problem = error;
      }
    }
    throw problem;
  }

  get #folders(): readonly string[] {
    return this.#place.folders.map(folder => join(folder, 'publish'));
  }

  async #writeIn(folder: string, progress: Progress): Promise<void> {
    const { dataset, kind } = this.#place;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const path = join(folder, this.#name);
    if (!(await isOurs(path))) throw new Error(`${path} is a file of another program`);
    const text = `${MARK}${JSON.stringify({ dataset, kind, ...progress }).replace('{', ',')}\n`;
    await writeDurably(folder, this.#name, handle => handle.writeFile(text), 0o600);
  }
}

/** Undefined for a text that is damaged or not ours. */
function progressIn(text: string): Progress | undefined {
  if (!text.startsWith(MARK)) return undefined;
  try {
    const { time, waiting } = FILE.parse(JSON.parse(text));
    return { time, ...(waiting === undefined ? {} : { waiting }) };
  } catch {
    return undefined;
  }
}

/** A file that a power cut has emptied or filled with zeros is ours by its name. */
async function isOurs(path: string): Promise<boolean> {
  try {
    if (!(await lstat(path)).isFile()) return false;
    const text = await readFile(path, 'utf8');
    return text.startsWith(MARK) || /^\0*$/.test(text);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return true;
    throw error;
  }
}

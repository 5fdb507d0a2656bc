// Keeps the texts of the last configuration that took effect, so that a server can start though its files have become wrong.

import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { basename, extname, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../../device/index.ts';
import { isFree, writeDurably } from '../machine/durable.ts';
import type { DriverCopy } from './drivers/copied-drivers.ts';
import type { ConfigSource } from './text/config-source.ts';

/** Begins each file, so that no file of another program is replaced. */
const MARK = '{"dapberry":"last good configuration"';

const KEPT = z.object({
  file: z.string(),
  savedAt: z.number(),
  /** Counts the times of saving, over all folders: the clock of a Pi may be wrong. 0 if missing. */
  generation: z.number().optional(),
  sources: z.array(z.object({ name: z.string(), text: z.string(), dataset: z.string().optional() })),
  /** `copy` is the name of a file in the folder of the copies. */
  drivers: z.array(z.object({ file: z.string(), sha256: z.string(), copy: z.string().optional() })),
});

const FILE = z.object({ dapberry: z.string(), sha256: z.string(), kept: KEPT });

export interface LastGoodConfig {
  /** When it took effect for the first time, in seconds since 1970. */
  readonly savedAt: number;
  readonly sources: readonly ConfigSource[];
  /** Copies of the drivers, by the paths of their files. */
  readonly copies: ReadonlyMap<string, DriverCopy>;
}

/** Texts that took effect, and the files of their drivers. */
export interface EffectiveTexts {
  readonly sources: readonly ConfigSource[];
  readonly drivers: readonly string[];
}

type Kept = z.infer<typeof KEPT>;

/** The last good texts of one configuration file: the newest of several folders, of which the first that can be written takes them. */
export class LastGood {
  readonly #file: string;
  readonly #folders: readonly string[];
  readonly #warn: (sentence: string) => void;
  readonly #said = new Set<string>();
  #writing: Promise<void> = Promise.resolve();

  /** @param folders the folders for state, the preferred one first; each is created when something is written into it */
  constructor(file: string, folders: readonly string[], warn: (sentence: string) => void) {
    this.#file = resolve(file);
    this.#folders = folders.map(folder => join(folder, 'last-good'));
    this.#warn = warn;
  }

  /** Undefined if there is none that can be read. Does not reject. */
  async read(): Promise<LastGoodConfig | undefined> {
    const newest = await this.#newest(sentence => this.#say(sentence));
    if (newest === undefined) return undefined;
    const { folder, kept } = newest;
    const sources = kept.sources.map(({ name, text, dataset }) => ({
      name,
      content: text,
      ...(dataset === undefined ? {} : { dataset }),
    }));
    const copies = kept.drivers.flatMap(({ file, sha256: sum, copy }) =>
      copy === undefined ? [] : [[file, { path: join(this.#copiesIn(folder), copy), sha256: sum }] as const],
    );
    return { savedAt: kept.savedAt, sources, copies: new Map(copies) };
  }

  /** The texts of the greatest generation, and their folder. A folder may have become unwritable since it took older ones. */
  async #newest(say: (sentence: string) => void): Promise<{ folder: string; kept: Kept } | undefined> {
    let newest: { folder: string; kept: Kept } | undefined;
    for (const folder of this.#folders) {
      const path = join(folder, this.#name);
      const found = await textIn(path);
      if (found === undefined) continue;
      const kept = typeof found === 'string' ? keptIn(found) : undefined;
      if (typeof found !== 'string') say(`the last good configuration cannot be read: ${messageOf(found)}`);
      else if (kept?.file !== this.#file)
        say(`the last good configuration is damaged and cannot be used: ${path}`);
      else if (newest === undefined || generationOf(kept) > generationOf(newest.kept))
        newest = { folder, kept };
    }
    return newest;
  }

  /** Keeps the texts, unless they are kept already. Does not reject: without a folder, a warning says so once. */
  save(texts: EffectiveTexts): Promise<void> {
    this.#writing = this.#writing.then(() => this.#save(texts));
    return this.#writing;
  }

  async #save({ sources, drivers }: EffectiveTexts): Promise<void> {
    const read = await Promise.all([...new Set(drivers)].map(driverAt));
    const before = (await this.#newest(() => {}))?.kept;
    const kept = {
      file: this.#file,
      savedAt: Date.now() / 1000,
      generation: before === undefined ? 1 : generationOf(before) + 1,
      sources: sources.map(({ name, content, dataset }) => ({
        name,
        text: typeof content === 'string' ? content : new TextDecoder().decode(content),
        ...(dataset === undefined ? {} : { dataset }),
      })),
      drivers: read.map(({ content: _content, ...driver }) => driver),
    };
    if (before !== undefined && isDeepStrictEqual(textsOf(before), textsOf(kept))) return;
    let reason = 'no folder is known for it';
    for (const folder of this.#folders) {
      try {
        await this.#write(folder, kept, read);
        return;
      } catch (error) {
        reason = messageOf(error);
      }
    }
    this.#say(
      `the configuration cannot be kept for a start with a wrong one: ${reason}; expected a folder that the server may write, such as ${this.#folders.join(' or ')}`,
    );
  }

  /** Such as `config.yaml-0a1b2c3d4e5f6a7b.json`. */
  get #name(): string {
    const hash = createHash('sha256').update(this.#file).digest('hex').slice(0, 16);
    return `${basename(this.#file).slice(0, 64)}-${hash}.json`;
  }

  /** The folder of the copies of drivers. */
  #copiesIn(folder: string): string {
    return join(folder, this.#name.replace(/json$/, 'drivers'));
  }

  async #write(folder: string, kept: Kept, drivers: readonly ReadDriver[]): Promise<void> {
    const name = this.#name;
    const path = join(folder, name);
    const found = await textIn(path);
    if (found instanceof Error) throw found;
    if (found !== undefined && !isOurs(found)) throw new Error(`${path} is a file of another program`);
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The texts may be readable by their owner alone.
    await chmod(folder, 0o700);
    const copies = this.#copiesIn(folder);
    const copied = drivers.flatMap(({ copy, content }) => (copy === undefined ? [] : [{ copy, content }]));
    if (copied.length > 0) await mkdir(copies, { recursive: true, mode: 0o700 });
    for (const { copy, content } of copied)
      if (await isFree(join(copies, copy)))
        await writeDurably(copies, copy, handle => handle.writeFile(content), 0o600);
    const body = JSON.stringify(kept);
    const text = `${MARK},"sha256":"${sha256(body)}","kept":${body}}\n`;
    await writeDurably(folder, name, handle => handle.writeFile(text), 0o600);
    // Those of the texts before.
    for (const other of await readdir(copies).catch(() => []))
      if (!copied.some(({ copy }) => copy === other)) await rm(join(copies, other), { force: true });
    if (copied.length === 0) await rm(copies, { recursive: true, force: true });
  }

  #say(sentence: string): void {
    if (this.#said.has(sentence)) return;
    this.#said.add(sentence);
    this.#warn(sentence);
  }
}

/** A file that a power cut has emptied or filled with zeros is ours by its name. */
function isOurs(text: string): boolean {
  return text.startsWith(MARK) || /^\0*$/.test(text);
}

function generationOf({ generation = 0 }: Kept): number {
  return generation;
}

/** Without what says when it was saved. */
function textsOf({ savedAt: _savedAt, generation: _generation, ...texts }: Kept): unknown {
  return texts;
}

/** Undefined for a text that is damaged or not ours. */
function keptIn(text: string): Kept | undefined {
  if (!text.startsWith(MARK)) return undefined;
  try {
    const { sha256: sum, kept } = FILE.parse(JSON.parse(text));
    return sum === sha256(JSON.stringify(kept)) ? kept : undefined;
  } catch {
    return undefined;
  }
}

/** Undefined if there is no such file; the error if it is no regular file or cannot be read. */
async function textIn(path: string): Promise<string | Error | undefined> {
  try {
    if (!(await lstat(path)).isFile()) return new Error(`expected a file, found something else: ${path}`);
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? undefined : (error as Error);
  }
}

function sha256(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex');
}

interface ReadDriver {
  readonly file: string;
  readonly sha256: string;
  readonly copy?: string;
  readonly content: Uint8Array;
}

/** An empty hash, and no copy, for a file that cannot be read. */
async function driverAt(file: string): Promise<ReadDriver> {
  try {
    const content = await readFile(file);
    const sum = sha256(content);
    // With the ending, by which Node knows the language.
    return { file, sha256: sum, copy: `${sum.slice(0, 16)}${extname(file)}`, content };
  } catch {
    return { file, sha256: '', content: new Uint8Array() };
  }
}

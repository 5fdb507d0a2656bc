// Keeps the texts of the last configuration that took effect, so that a server can start though its files have become wrong.

import { createHash } from 'node:crypto';
import { chmod, lstat, mkdir, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { messageOf } from '../../device/index.ts';
import { writeDurably } from '../machine/durable.ts';
import type { ConfigSource } from './text/config-source.ts';

/** Begins each file, so that no file of another program is replaced. */
const MARK = '{"dapberry":"last good configuration"';

const KEPT = z.object({
  file: z.string(),
  savedAt: z.number(),
  sources: z.array(z.object({ name: z.string(), text: z.string(), dataset: z.string().optional() })),
  drivers: z.array(z.object({ file: z.string(), sha256: z.string() })),
});

const FILE = z.object({ dapberry: z.string(), sha256: z.string(), kept: KEPT });

export interface LastGoodConfig {
  /** When it took effect for the first time, in seconds since 1970. */
  readonly savedAt: number;
  readonly sources: readonly ConfigSource[];
}

/** Texts that took effect, and the files of their drivers. */
export interface EffectiveTexts {
  readonly sources: readonly ConfigSource[];
  readonly drivers: readonly string[];
}

/** The last good texts of one configuration file, in the first of several folders that can be written. */
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
    for (const folder of this.#folders) {
      const path = join(folder, this.#name);
      const found = await textIn(path);
      if (found === undefined) continue;
      if (typeof found !== 'string')
        this.#say(`the last good configuration cannot be read: ${messageOf(found)}`);
      else {
        const kept = keptIn(found);
        if (kept?.file === this.#file) {
          const sources = kept.sources.map(({ name, text, dataset }) => ({
            name,
            content: text,
            ...(dataset === undefined ? {} : { dataset }),
          }));
          return { savedAt: kept.savedAt, sources };
        }
        this.#say(`the last good configuration is damaged and cannot be used: ${path}`);
      }
    }
    return undefined;
  }

  /** Keeps the texts, unless they are kept already. Does not reject: without a folder, a warning says so once. */
  save(texts: EffectiveTexts): Promise<void> {
    this.#writing = this.#writing.then(() => this.#save(texts));
    return this.#writing;
  }

  async #save({ sources, drivers }: EffectiveTexts): Promise<void> {
    const kept = {
      file: this.#file,
      savedAt: Date.now() / 1000,
      sources: sources.map(({ name, content, dataset }) => ({
        name,
        text: typeof content === 'string' ? content : new TextDecoder().decode(content),
        ...(dataset === undefined ? {} : { dataset }),
      })),
      drivers: await Promise.all([...new Set(drivers)].map(hashed)),
    };
    let reason = 'no folder is known for it';
    for (const folder of this.#folders) {
      try {
        await this.#write(folder, kept);
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

  async #write(folder: string, kept: z.infer<typeof KEPT>): Promise<void> {
    const name = this.#name;
    const path = join(folder, name);
    const found = await textIn(path);
    if (found instanceof Error) throw found;
    if (found !== undefined) {
      const { savedAt: _before, ...before } = keptIn(found) ?? {};
      const { savedAt: _now, ...now } = kept;
      if (isDeepStrictEqual(before, now)) return;
      if (!isOurs(found)) throw new Error(`${path} is a file of another program`);
    }
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // The texts may be readable by their owner alone.
    await chmod(folder, 0o700);
    const body = JSON.stringify(kept);
    const text = `${MARK},"sha256":"${sha256(body)}","kept":${body}}\n`;
    await writeDurably(folder, name, handle => handle.writeFile(text), 0o600);
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

/** Undefined for a text that is damaged or not ours. */
function keptIn(text: string): z.infer<typeof KEPT> | undefined {
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

/** An empty hash for a file that cannot be read. */
async function hashed(file: string): Promise<{ file: string; sha256: string }> {
  return readFile(file).then(
    bytes => ({ file, sha256: sha256(bytes) }),
    () => ({ file, sha256: '' }),
  );
}

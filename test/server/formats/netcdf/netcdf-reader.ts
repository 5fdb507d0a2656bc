// Reads netCDF files with libraries of other projects, in one Python process for many files.

import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface, type Interface } from 'node:readline';

/** The type of numpy: `f8`, `i2`, `S1`. */
export interface ReadVariable {
  readonly type: string;
  readonly dimensions: readonly string[];
  readonly attributes: Readonly<Record<string, ReadAttribute>>;
  readonly values: readonly number[] | string;
}

export type ReadAttribute = string | { readonly type: string; readonly values: readonly number[] };

export interface ReadFile {
  readonly format: string;
  /** The length of each dimension; -1 for the record dimension. */
  readonly dimensions: Readonly<Record<string, number>>;
  readonly attributes: Readonly<Record<string, ReadAttribute>>;
  readonly variables: Readonly<Record<string, ReadVariable>>;
}

type RawAttribute = { readonly text: string } | { readonly type: string; readonly numbers: string };
type RawVariable = Omit<ReadVariable, 'attributes' | 'values'> & {
  readonly attributes: Readonly<Record<string, RawAttribute>>;
} & ({ readonly text: string } | { readonly numbers: string });
type RawFile = Omit<ReadFile, 'attributes' | 'variables'> & {
  readonly attributes: Readonly<Record<string, RawAttribute>>;
  readonly variables: Readonly<Record<string, RawVariable>>;
};

export type Library = 'netCDF4' | 'scipy';

export class NetcdfReader {
  readonly #folder = mkdtempSync(join(tmpdir(), 'dapberry-netcdf-'));
  readonly #process: ChildProcess;
  readonly #lines: Interface;
  #before: Promise<unknown> = Promise.resolve();

  /** @param python Debian's Python, which has the libraries */
  constructor(python: string) {
    this.#process = spawn(python, [resolve(import.meta.dirname, 'reader.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#lines = createInterface({ input: this.#process.stdout! });
  }

  /** A path in a folder that `close` deletes, with these bytes. */
  store(bytes: Uint8Array, name = 'file.nc'): string {
    const path = join(this.#folder, name);
    writeFileSync(path, bytes);
    return path;
  }

  /** Reads the bytes of a file, one file after another. Rejects with the error of the library. */
  read(bytes: Uint8Array, library: Library): Promise<ReadFile> {
    const read = this.#before.then(() => this.#read(bytes, library));
    this.#before = read.catch(() => undefined);
    return read;
  }

  async #read(bytes: Uint8Array, library: Library): Promise<ReadFile> {
    const request = JSON.stringify({ path: this.store(bytes), library });
    const answered = new Promise<string>((answer, fail) => {
      this.#lines.once('line', answer);
      this.#process.once('exit', () => fail(new Error('the reader ended')));
    });
    this.#process.stdin!.write(`${request}\n`);
    const answer = JSON.parse(await answered) as RawFile | { readonly error: string };
    this.#process.removeAllListeners('exit');
    if ('error' in answer) throw new Error(answer.error);
    return {
      ...answer,
      attributes: attributesOf(answer.attributes),
      variables: Object.fromEntries(
        Object.entries(answer.variables).map(([name, { attributes, type, dimensions, ...content }]) => [
          name,
          {
            type,
            dimensions,
            attributes: attributesOf(attributes),
            values: 'text' in content ? content.text : decoded(content.numbers),
          },
        ]),
      ),
    };
  }

  close(): void {
    this.#process.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

function attributesOf(raw: Readonly<Record<string, RawAttribute>>): Record<string, ReadAttribute> {
  return Object.fromEntries(
    Object.entries(raw).map(([name, found]) => [
      name,
      'text' in found ? found.text : { type: found.type, values: decoded(found.numbers) },
    ]),
  );
}

function decoded(base64: string): number[] {
  const bytes = Buffer.from(base64, 'base64');
  return Array.from({ length: bytes.length / 8 }, (_, index) => bytes.readDoubleLE(8 * index));
}

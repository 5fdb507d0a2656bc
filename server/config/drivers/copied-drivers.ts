// Loads drivers from copies of their files, which have changed or are gone since.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { loadDriver, unfitName } from './driver-module.ts';
import type { DriverKinds, DriverLoader } from './drivers.ts';

/** A copy of a driver's file, and the hash of the text that it should have. */
export interface DriverCopy {
  readonly path: string;
  readonly sha256: string;
}

export class CopiedDrivers implements DriverLoader {
  readonly #drivers: DriverLoader;
  readonly #copies: ReadonlyMap<string, DriverCopy>;

  /** @param drivers for files without a copy, and for those that have the text of their copy */
  constructor(drivers: DriverLoader, copies: ReadonlyMap<string, DriverCopy>) {
    this.#drivers = drivers;
    this.#copies = copies;
  }

  async load(files: Iterable<string>): Promise<DriverKinds> {
    const own: string[] = [];
    const kinds = new Map<string, Awaited<ReturnType<typeof loadDriver>>>();
    for (const file of new Set(files)) {
      const copy = this.#copies.get(file);
      const text = copy && (await textWithHash(copy.path, copy.sha256));
      const isSame = copy === undefined || (await textWithHash(file, copy.sha256)) !== undefined;
      if (isSame || text === undefined || unfitName(file) !== undefined) own.push(file);
      else kinds.set(file, await loadDriver({ file, path: copy.path, text, version: 0 }));
    }
    return new Map([...(await this.#drivers.load(own)), ...kinds]);
  }
}

/** Undefined for a file that cannot be read, or has another text. */
async function textWithHash(path: string, sha256: string): Promise<Uint8Array | undefined> {
  const text = await readFile(path).catch(() => undefined);
  return text !== undefined && createHash('sha256').update(text).digest('hex') === sha256 ? text : undefined;
}

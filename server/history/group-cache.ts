// Reads row groups for any number of readers, and keeps those that were read last.

import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { FileMetaData } from 'hyparquet';
import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { adapt } from './adapt.ts';
import type { FileColumn } from './file-columns.ts';
import { type FileFacts, factsIn } from './file-facts.ts';
import type { RowGroup } from './file-index.ts';
import { BrokenFile, metadataOf, readGroup } from './file-reader.ts';
import { GROUP_ROWS } from './file-writer.ts';
import type { StoredFile } from './stored-file.ts';

/** Rows that are kept decoded, in bytes, and the footers of files. */
const CACHED_BYTES = 4 * 1024 * 1024;
const CACHED_FOOTERS = 4;

interface Footer {
  readonly metadata: FileMetaData;
  readonly facts: FileFacts;
}

export interface GroupCacheOptions {
  /** The dataset's folder. */
  readonly folder: string;
  readonly columns: readonly FileColumn[];
  readonly fillValue: (column: FileColumn) => number;
}

export class GroupCache {
  readonly #options: GroupCacheOptions;
  readonly #groups = new Map<string, Promise<Batch>>();
  readonly #footers = new Map<string, Footer>();
  readonly #mostGroups: number;

  constructor(options: GroupCacheOptions) {
    this.#options = options;
    const groupBytes = GROUP_ROWS * 8 * options.columns.length;
    this.#mostGroups = Math.max(2, Math.floor(CACHED_BYTES / groupBytes));
  }

  /** The rows of a row group, which the caller must not change. Throws as `readGroup`. */
  read({ file, group }: Pick<RowGroup, 'file' | 'group'>): Promise<Batch> {
    const key = `${file.path} ${group}`;
    const known = this.#groups.get(key);
    this.#groups.delete(key);
    const rows = known ?? this.#readNow(file, group);
    this.#groups.set(key, rows);
    // A failure is not kept.
    if (known === undefined) rows.catch(() => this.#groups.delete(key));
    for (const oldest of this.#groups.keys()) {
      if (this.#groups.size <= this.#mostGroups) break;
      this.#groups.delete(oldest);
    }
    return rows;
  }

  /** Forgets all of a file that is no longer there. */
  forget({ path }: StoredFile): void {
    this.#footers.delete(path);
    for (const key of this.#groups.keys()) if (key.startsWith(`${path} `)) this.#groups.delete(key);
  }

  async #readNow(file: StoredFile, group: number): Promise<Batch> {
    const { folder, columns, fillValue } = this.#options;
    const handle = await open(join(folder, file.path), 'r');
    try {
      const footer = this.#footers.get(file.path) ?? footerOf((await metadataOf(handle)).metadata);
      this.#footers.delete(file.path);
      this.#footers.set(file.path, footer);
      for (const oldest of this.#footers.keys()) {
        if (this.#footers.size <= CACHED_FOOTERS) break;
        this.#footers.delete(oldest);
      }
      const rows = await readGroup(handle, footer.metadata, footer.facts.columns, group);
      if ((rows.columns[0] as NumberColumn)[0] !== file.groupTimes[group]) {
        throw new BrokenFile(`expected a row group that begins at ${file.groupTimes[group]}`);
      }
      return adapt(rows, footer.facts.columns, columns, fillValue);
    } finally {
      await handle.close();
    }
  }
}

function footerOf(metadata: FileMetaData): Footer {
  const facts = factsIn(metadata.key_value_metadata ?? []);
  if (facts === undefined) throw new BrokenFile('expected a file of dapberry, found one of another program');
  return { metadata, facts };
}

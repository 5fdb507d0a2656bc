// Reads the columns of row groups for any number of readers, and keeps those that were read last.

import { join } from 'node:path';
import { type Batch, type NumberColumn, newColumn } from '../../../dap/protocol.ts';
import { adapt } from '../parquet/adapt.ts';
import type { FileColumn } from '../parquet/file-columns.ts';
import { type FileFacts, factsIn } from '../parquet/file-facts.ts';
import { BrokenFile, type Footer, metadataOf, readGroup } from '../parquet/file-reader.ts';
import { GROUP_ROWS } from '../parquet/file-writer.ts';
import type { RowGroup } from './file-index.ts';
import { OpenFiles } from './open-files.ts';
import type { StoredFile } from './stored-file.ts';

/** Rows that are kept decoded, in bytes, and the footers of files. */
const CACHED_BYTES = 4 * 1024 * 1024;
const CACHED_FOOTERS = 4;

interface KnownFooter {
  readonly metadata: Footer;
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
  readonly #columns = new Map<string, Promise<NumberColumn>>();
  readonly #files = new OpenFiles();
  readonly #footers = new Map<string, KnownFooter>();
  readonly #mostColumns: number;
  readonly #all: readonly number[];
  readonly #empty: readonly NumberColumn[];

  constructor(options: GroupCacheOptions) {
    this.#options = options;
    const { columns } = options;
    // At least one group for a reader of all columns, and the next one.
    this.#mostColumns = Math.max(2 * columns.length, Math.floor(CACHED_BYTES / (GROUP_ROWS * 8)));
    this.#all = [...columns.keys()];
    this.#empty = columns.map(column => newColumn(column, 0) as NumberColumn);
  }

  /**
   * The rows of a row group, which the caller must not change; columns whose indices are not in `wanted` are empty. Throws as
   * `readGroup`.
   */
  async read(
    { file, group }: Pick<RowGroup, 'file' | 'group'>,
    wanted: readonly number[] = this.#all,
  ): Promise<Batch> {
    const keyOf = (index: number) => `${file.path} ${group} ${index}`;
    const missing = wanted.filter(index => !this.#columns.has(keyOf(index)));
    const rows = missing.length > 0 ? this.#readNow(file, group, missing) : undefined;
    const found = wanted.map(index => {
      const key = keyOf(index);
      const column = this.#columns.get(key) ?? rows!.then(({ columns }) => columns[index] as NumberColumn);
      this.#columns.delete(key);
      this.#columns.set(key, column);
      return column;
    });
    rows?.catch(() => {
      // A failure is not kept.
      for (const index of missing) this.#columns.delete(keyOf(index));
    });
    for (const oldest of this.#columns.keys()) {
      if (this.#columns.size <= this.#mostColumns) break;
      this.#columns.delete(oldest);
    }
    const columns: NumberColumn[] = [...this.#empty];
    for (const [at, column] of (await Promise.all(found)).entries()) columns[wanted[at]!] = column;
    return { length: Math.min(GROUP_ROWS, file.rows - group * GROUP_ROWS), columns };
  }

  /** Forgets all of a file that is no longer there. */
  forget({ path }: StoredFile): void {
    this.#files.forget(join(this.#options.folder, path));
    this.#footers.delete(path);
    for (const key of this.#columns.keys()) if (key.startsWith(`${path} `)) this.#columns.delete(key);
  }

  close(): void {
    this.#files.close();
  }

  async #readNow(file: StoredFile, group: number, wanted: readonly number[]): Promise<Batch> {
    const { folder, columns, fillValue } = this.#options;
    return this.#files.use(join(folder, file.path), async handle => {
      const footer = this.#footers.get(file.path) ?? footerOf((await metadataOf(handle)).metadata);
      this.#footers.delete(file.path);
      this.#footers.set(file.path, footer);
      for (const oldest of this.#footers.keys()) {
        if (this.#footers.size <= CACHED_FOOTERS) break;
        this.#footers.delete(oldest);
      }
      const stored = footer.facts.columns;
      // With the times, which say whether this is the right row group.
      const names = new Set(wanted.map(index => columns[index]!.name));
      const inFile = [...stored.keys()].filter(index => index === 0 || names.has(stored[index]!.name));
      const rows = await readGroup(handle, footer.metadata, stored, group, inFile);
      const expected = Math.min(GROUP_ROWS, file.rows - group * GROUP_ROWS);
      if (rows.length !== expected || (rows.columns[0] as NumberColumn)[0] !== file.groupTimes[group]) {
        throw new BrokenFile(`expected ${expected} rows from ${file.groupTimes[group]} on, found others`);
      }
      return adapt(rows, stored, columns, fillValue, wanted);
    });
  }
}

function footerOf(metadata: Footer): KnownFooter {
  const facts = factsIn(metadata.key_value_metadata ?? []);
  if (facts === undefined) throw new BrokenFile('expected a file of dapberry, found one of another program');
  return { metadata, facts };
}

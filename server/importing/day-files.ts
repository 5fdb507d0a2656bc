// Writes the rows of a day into new files in the staging folder of an import.

import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Batch } from '../../dap/protocol.ts';
import { GroupCutter } from '../history/disk/jobs.ts';
import { FILE_ROWS } from '../history/disk/merging.ts';
import type { FileFacts } from '../history/parquet/file-facts.ts';
import { FileWriter, writeAll } from '../history/parquet/file-writer.ts';
import { loadParquet } from '../history/parquet/parquet.ts';

export class DayFiles {
  readonly #folder: string;
  readonly #facts: FileFacts;
  readonly #nextName: () => string;
  readonly #groups: Batch[] = [];
  readonly #cutter = new GroupCutter(({ length, columns }) => {
    // The cutter uses its arrays again.
    this.#groups.push({ length, columns: columns.map(column => column.slice()) });
  });
  readonly #names: string[] = [];
  #open: { readonly handle: FileHandle; readonly writer: FileWriter } | undefined;

  constructor(folder: string, facts: FileFacts, nextName: () => string) {
    this.#folder = folder;
    this.#facts = facts;
    this.#nextName = nextName;
  }

  async add(rows: Batch): Promise<void> {
    this.#cutter.add(rows);
    await this.#write();
  }

  /** The names of the files, which are durable. */
  async finish(): Promise<readonly string[]> {
    this.#cutter.end();
    await this.#write();
    await this.#finishFile();
    return this.#names;
  }

  /** Closes what is open after an error. */
  async close(): Promise<void> {
    await this.#open?.handle.close();
    this.#open = undefined;
  }

  async #write(): Promise<void> {
    for (const group of this.#groups.splice(0)) {
      if ((this.#open?.writer.extent.rows ?? 0) >= FILE_ROWS) await this.#finishFile();
      this.#open ??= await this.#begin();
      const { handle, writer } = this.#open;
      writer.writeGroup(group);
      await writeAll(handle, writer.takeBytes());
    }
  }

  async #begin(): Promise<{ readonly handle: FileHandle; readonly writer: FileWriter }> {
    const writer = new FileWriter(await loadParquet(), this.#facts);
    const name = this.#nextName();
    const handle = await open(join(this.#folder, name), 'wx', 0o644);
    this.#names.push(name);
    return { handle, writer };
  }

  async #finishFile(): Promise<void> {
    if (this.#open === undefined) return;
    const { handle, writer } = this.#open;
    writer.finish();
    await writeAll(handle, writer.takeBytes());
    await handle.sync();
    await this.close();
  }
}

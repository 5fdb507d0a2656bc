// Holds the rows of a dataset that are on the disk: reads, writes, merges and deletes their files.

import { readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { NumberColumn } from '../../dap/protocol.ts';
import { messageOf } from '../../device/index.ts';
import type { HistoryStatus, PositionedRows } from '../store/row-store.ts';
import { dayOf } from './day.ts';
import { syncFolder } from './durable.ts';
import type { FileColumn } from './file-columns.ts';
import { FileIndex, type RowGroup } from './file-index.ts';
import { BrokenFile } from './file-reader.ts';
import { GroupCache } from './group-cache.ts';
import type { HistoryFolder } from './history-folder.ts';
import { writeIndexFile } from './index-file.ts';
import { PartError, type RunJob, runJob } from './jobs.ts';
import { plannedMerges } from './merging.ts';
import { scan, setAside } from './scan.ts';
import { endOfFile, type StoredFile } from './stored-file.ts';
import type { StorableRun } from './unstored-rows.ts';

export interface DiskRowsOptions {
  readonly folder: HistoryFolder;
  /** The name of the dataset, and of its folder. */
  readonly dataset: string;
  /** `time` first. */
  readonly columns: readonly FileColumn[];
  /** The dataset's attributes as a DAS. */
  readonly das: () => string;
  readonly fillValue: (column: FileColumn) => number;
  /** Runs the larger jobs beside the event loop, until the signal aborts; smaller ones run on it. */
  readonly beside: (signal: AbortSignal) => RunJob;
  /** Receives a sentence about a file that was set aside or left alone. */
  readonly onRemark: (sentence: string) => void;
}

/** Numbers that are encoded on the event loop at once: 600 rows of ten columns take a few milliseconds. */
const INLINE_NUMBERS = 16_384;

/** Attempts to read rows whose file may have been merged meanwhile. */
const READ_ATTEMPTS = 3;

export class DiskRows {
  /** The dataset's folder. */
  readonly path: string;
  readonly #options: DiskRowsOptions;
  readonly #index: FileIndex;
  readonly #groups: GroupCache;
  readonly #stop = new AbortController();
  readonly #runBeside: RunJob;
  #isMerging = false;

  private constructor(options: DiskRowsOptions, path: string, files: readonly StoredFile[]) {
    this.path = path;
    this.#options = options;
    this.#index = new FileIndex(files);
    this.#groups = new GroupCache({ ...options, folder: path });
    this.#runBeside = options.beside(this.#stop.signal);
  }

  /** Finds the files that are there already. Rejects if the folder cannot be read. */
  static async open(options: DiskRowsOptions): Promise<DiskRows> {
    const path = join(options.folder.path, options.dataset);
    const { files, remarks } = await scan(path);
    for (const remark of remarks) options.onRemark(remark);
    return new DiskRows(options, path, files);
  }

  /** The position of the first row, and the position after the last one; undefined without rows. */
  get first(): number | undefined {
    return this.#index.first;
  }

  get end(): number | undefined {
    return this.#index.end;
  }

  /** Minus infinity without rows. */
  get lastTime(): number {
    return this.#index.lastTime ?? Number.NEGATIVE_INFINITY;
  }

  get status(): Pick<HistoryStatus, 'folder' | 'rows' | 'bytes' | 'files' | 'firstTime' | 'lastTime'> {
    const { rows, bytes, files, firstTime, lastTime } = this.#index;
    return {
      folder: this.path,
      rows,
      bytes,
      files: files.length,
      ...(firstTime === undefined ? {} : { firstTime }),
      ...(lastTime === undefined ? {} : { lastTime }),
    };
  }

  /** As `FileIndex.find`. */
  find(time: number, isIncluded: boolean): number | undefined {
    return this.#index.find(time, isIncluded);
  }

  /** The position of the first row at `position` or behind it; undefined if there is none. */
  next(position: number): number | undefined {
    const group = this.#index.locate(position);
    return group && Math.max(position, group.position);
  }

  /**
   * Up to `most` rows from `position` on, which `next` has given. Undefined if they have gone meanwhile: the caller looks again.
   * Rejects if they cannot be read.
   */
  async read(position: number, most: number): Promise<PositionedRows | undefined> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const group = this.#index.locate(position);
      if (group === undefined || group.position > position) return undefined;
      try {
        const rows = await this.#groups.read(group);
        const from = position - group.position;
        const to = Math.min(rows.length, from + most);
        const columns = rows.columns.map(column => (column as NumberColumn).slice(from, to));
        return { position, batch: { length: to - from, columns } };
      } catch (error) {
        if (!(await this.#hasMoved(group, error))) throw error;
      }
    }
    return undefined;
  }

  /** Makes rows durable that follow all rows on the disk, and gives the position after them. `isLast`: no rows will follow. */
  async write(
    { day, position, batch }: StorableRun,
    clock: readonly string[],
    isLast: boolean,
  ): Promise<number> {
    const { dataset, columns, das } = this.#options;
    const isSmall = batch.length * columns.length <= INLINE_NUMBERS;
    // At the end, when the event loop has nothing else to do, the start of a thread would only take time.
    const run = isSmall || isLast ? runJob : this.#runBeside;
    const facts = { dataset, columns, das: das(), firstPosition: position, clock };
    const file = await run({ kind: 'write', folder: this.path, day, facts, batch });
    this.#index.add(file);
    return endOfFile(file);
  }

  /**
   * Deletes the oldest files while there are rows older than `keep` seconds, or more than `size` bytes, but never the newest file.
   * @param most files that are deleted for their age at the most
   * @returns the number of files that were deleted for their age
   */
  async deleteOld(
    { keep, size }: { readonly keep: number; readonly size: number },
    most: number,
  ): Promise<number> {
    for (let deleted = 0; ; ) {
      const [oldest, next] = this.#index.files;
      if (oldest === undefined || next === undefined) return deleted;
      const isOld = deleted < most && oldest.lastTime < this.lastTime - keep;
      if (!isOld && this.#index.bytes <= size) return deleted;
      if (this.#isMerging && oldest.isPart) return deleted;
      if (isOld) deleted += 1;
      this.#remove(oldest);
      await this.#delete([oldest]);
    }
  }

  /** Merges the parts of days that are over. A part that cannot be read is set aside. Rejects if a file cannot be written. */
  async merge(): Promise<void> {
    if (this.#isMerging || this.#index.files.length === 0) return;
    this.#isMerging = true;
    const files = [...this.#index.files];
    try {
      const merges = await plannedMerges(this.path, files, dayOf(this.lastTime));
      for (const { job, parts } of merges) {
        await this.#options.folder.check();
        const file = await this.#runBeside(job);
        this.#index.replace(parts, [file]);
        await this.#delete(parts);
        for (const part of parts) this.#groups.forget(part);
      }
      if (merges.length > 0) await writeIndexFile(this.path, this.#index.files);
    } catch (error) {
      if (this.#stop.signal.aborted) return;
      const part = error instanceof PartError ? files.find(({ path }) => path === error.part) : undefined;
      if (part === undefined) throw error;
      await this.#setAside(part, 'broken', messageOf(error));
    } finally {
      this.#isMerging = false;
    }
  }

  /** Sets aside files with rows after `time`, which a clock that was wrong has stamped. */
  async setAsideAfter(time: number): Promise<void> {
    for (const file of [...this.#index.files].reverse()) {
      if (file.lastTime <= time) return;
      await this.#setAside(
        file,
        'future',
        `its rows end at ${new Date(file.lastTime * 1000).toISOString()}, after the time of the clock`,
      );
    }
  }

  /** Ends a merge where it is; the next start removes its leftovers. */
  stop(): void {
    this.#stop.abort();
  }

  #remove(file: StoredFile): void {
    this.#index.remove(file);
    this.#groups.forget(file);
  }

  /** Deletes files, and the folders that are empty then. */
  async #delete(files: readonly StoredFile[]): Promise<void> {
    for (const { path } of files) {
      await unlink(join(this.path, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    for (const folder of new Set(files.map(({ path }) => join(this.path, dirname(path))))) {
      await syncFolder(folder).catch(() => undefined);
      await removeEmpty(folder, this.path);
    }
  }

  async #setAside(file: StoredFile, kind: 'broken' | 'future', reason: string): Promise<void> {
    this.#remove(file);
    this.#options.onRemark(await setAside(join(this.path, file.path), kind, reason).catch(messageOf));
  }

  /** Whether the index says something else now about rows that could not be read. */
  async #hasMoved({ file }: RowGroup, error: unknown): Promise<boolean> {
    if (!this.#index.files.includes(file)) return true;
    if (error instanceof BrokenFile) {
      await this.#setAside(file, 'broken', error.message);
      return true;
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    // The whole folder may be away, with its disk.
    await this.#options.folder.check();
    if ((await readdir(this.path)).length === 0) return false;
    this.#remove(file);
    return true;
  }
}

async function removeEmpty(folder: string, top: string): Promise<void> {
  for (let at = folder; at !== top && at.startsWith(top); at = dirname(at)) {
    try {
      await rmdir(at);
    } catch {
      return;
    }
  }
}

// Holds the rows of a dataset that are on the disk: reads them, and writes those that follow.

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { HistoryStatus, PositionedRows } from '../../store/row-store.ts';
import { sliceOf } from '../../store/slice.ts';
import type { TimeSpan } from '../../store/time-extent.ts';
import { BrokenFile } from '../parquet/file-reader.ts';
import type { PositionRun } from '../position-run.ts';
import { type DeletedRows, DiskFiles, type DiskFilesOptions } from './disk-files.ts';
import { DiskUpkeep } from './disk-upkeep.ts';
import type { RowGroup } from './file-index.ts';
import { type RunJob, runJob } from './jobs.ts';
import { type ScanResult, scan } from './scan.ts';
import type { StorableRun } from './storable-run.ts';
import { endOfFile, type StoredFile } from './stored-file.ts';

export interface DiskRowsOptions extends DiskFilesOptions {
  /** The dataset's attributes as a DAS. */
  readonly das: () => string;
  /** Runs the larger jobs beside the event loop, until the signal aborts; smaller ones run on it. */
  readonly beside: (signal: AbortSignal) => RunJob;
}

/** Numbers that are encoded on the event loop at once: fewer than the start of a thread is worth. 6000 numbers hold the loop for 10 ms. */
const INLINE_NUMBERS = 1024;

/** Attempts to read rows whose file may have been merged meanwhile. */
const READ_ATTEMPTS = 3;

export class DiskRows {
  /** Merges, deletes and sets aside files. */
  readonly upkeep: DiskUpkeep;
  readonly #options: DiskRowsOptions;
  readonly #files: DiskFiles;
  readonly #stop = new AbortController();
  readonly #runBeside: RunJob;

  private constructor(options: DiskRowsOptions, found: Pick<ScanResult, 'files' | 'merged'>) {
    const { signal } = this.#stop;
    this.#options = options;
    this.#files = new DiskFiles(options, found);
    this.#runBeside = options.beside(signal);
    this.upkeep = new DiskUpkeep(this.#files, { runBeside: this.#runBeside, stopping: signal });
  }

  /** Finds the files that are there already. Rejects if the folder cannot be read. */
  static async open(options: DiskRowsOptions): Promise<DiskRows> {
    const found = await scan(join(options.folder.path, options.dataset), options.unserved);
    options.unserved.scanned(found.remarks);
    return new DiskRows(options, found);
  }

  /** No rows, of a folder that cannot be opened. */
  static none(options: DiskRowsOptions): DiskRows {
    return new DiskRows(options, { files: [], merged: [] });
  }

  /** The dataset's folder. */
  get path(): string {
    return this.#files.path;
  }

  /** The position of the first row, and the position after the last one; undefined without rows. */
  get first(): number | undefined {
    return this.#files.index.first;
  }

  get end(): number | undefined {
    return this.#files.index.end;
  }

  /** In the order of their rows. */
  get files(): readonly StoredFile[] {
    return this.#files.index.files;
  }

  /** Aborts when no work may go on beside the event loop. */
  get stopping(): AbortSignal {
    return this.#stop.signal;
  }

  /** Minus infinity without rows. */
  get lastTime(): number {
    return this.#files.index.lastTime ?? Number.NEGATIVE_INFINITY;
  }

  get status(): Pick<HistoryStatus, 'folder' | 'rows' | 'bytes' | 'files' | 'firstTime' | 'lastTime'> {
    const { rows, bytes, files, firstTime, lastTime } = this.#files.index;
    return {
      folder: this.path,
      rows,
      bytes,
      files: files.length,
      ...(firstTime === undefined ? {} : { firstTime }),
      ...(lastTime === undefined ? {} : { lastTime }),
    };
  }

  /** The stretches of time that the rows cover. */
  get spans(): readonly TimeSpan[] {
    return this.#files.index.spans;
  }

  /** As `FileIndex.runs`. */
  get runs(): readonly PositionRun[] {
    return this.#files.index.runs;
  }

  /** As `DiskFiles.deleted`. */
  get deleted(): DeletedRows | undefined {
    return this.#files.deleted;
  }

  /** Whether rows stood before a position once, or may have stood there: the first row of a history has position 0 in its files. */
  hadRowsBefore(position: number): boolean {
    return this.#files.positionInFiles(position) > 0;
  }

  /** Whether every row is later than `time`. */
  startsAfter(time: number): boolean {
    return time < (this.#files.index.firstTime ?? Number.POSITIVE_INFINITY);
  }

  /** As `FileIndex.find`. */
  find(time: number, isIncluded: boolean): number | undefined {
    return this.#files.index.find(time, isIncluded);
  }

  /** The position of the first row at `position` or behind it; undefined if there is none. */
  next(position: number): number | undefined {
    const group = this.#files.index.locate(position);
    return group && Math.max(position, group.position);
  }

  /**
   * Up to `most` rows from `at` on, which `next` has given. Undefined if they have gone meanwhile: the caller looks again.
   * Rejects if they cannot be read. Columns whose indices are not in `wanted`, by default all, are empty.
   */
  async read(at: number, most: number, wanted?: readonly number[]): Promise<PositionedRows | undefined> {
    for (let attempt = 1; attempt <= READ_ATTEMPTS; attempt += 1) {
      const group = this.#files.index.locate(at);
      if (group === undefined || group.position > at) return undefined;
      try {
        const rows = await this.#files.groups.read(group, wanted);
        const from = at - group.position;
        return { position: at, batch: sliceOf(rows, from, Math.min(rows.length, from + most)) };
      } catch (error) {
        if (!(await this.#hasMoved(group, error))) throw error;
      }
    }
    return undefined;
  }

  /** Makes rows durable that follow all rows on the disk, and gives the position after them. `isLast`: no rows will follow. */
  async write(
    { day, position, batch, as }: StorableRun,
    clock: readonly string[],
    isLast: boolean,
  ): Promise<number> {
    const { dataset } = this.#options;
    const { columns, das } = as ?? { columns: this.#options.columns, das: this.#options.das() };
    const isSmall = batch.length * columns.length <= INLINE_NUMBERS;
    // At the end, when the event loop has nothing else to do, the start of a thread would only take time.
    const run = isSmall || isLast ? runJob : this.#runBeside;
    const facts = {
      dataset,
      columns,
      das,
      firstPosition: this.#files.positionInFiles(position),
      clock,
    };
    const file = await run({ kind: 'write', folder: this.path, day, facts, batch });
    const placed = this.#files.placed(file);
    this.#files.index.add(placed);
    return endOfFile(placed);
  }

  /** Ends a merge where it is; the next start removes its leftovers. */
  stop(): void {
    this.#files.groups.close();
    this.#stop.abort();
  }

  /** Whether the index says something else now about rows that could not be read. */
  async #hasMoved({ file }: RowGroup, error: unknown): Promise<boolean> {
    if (!this.#files.index.files.includes(file)) return true;
    if (error instanceof BrokenFile) {
      await this.#files.setAside(file, 'broken', error.message);
      return true;
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    // The whole folder may be away, with its disk.
    await this.#files.check();
    if ((await readdir(this.path)).length === 0) return false;
    this.#files.remove(file);
    return true;
  }
}

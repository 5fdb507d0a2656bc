// Keeps the rows of a dataset for years: the newest in memory, all others in files.

import { readdir, rmdir, unlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Batch, NumberColumn } from '../../dap/index.ts';
import { messageOf } from '../../device/index.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type {
  HistoryStatus,
  PositionedRows,
  RowStore,
  StoreBounds,
  StoreStatus,
} from '../store/row-store.ts';
import { sliceOf } from '../store/slice.ts';
import { dayOf } from './day.ts';
import { syncFolder } from './durable.ts';
import type { FileColumn } from './file-columns.ts';
import { FileIndex } from './file-index.ts';
import { BrokenFile } from './file-reader.ts';
import { GROUP_ROWS } from './file-writer.ts';
import { GroupCache } from './group-cache.ts';
import type { HistoryFolder } from './history-folder.ts';
import { writeIndexFile } from './index-file.ts';
import { PartError, type RunJob, runJob } from './jobs.ts';
import { plannedMerges } from './merging.ts';
import { scan, setAside } from './scan.ts';
import { endOfFile, type StoredFile } from './stored-file.ts';
import { type StorableRun, UnstoredRows } from './unstored-rows.ts';

/** Receives the news of a history for the journal: each fault once, until it is over. */
export interface HistoryEvents {
  /** A sentence about a file that was set aside or left alone, or about rows that could not be stored. */
  readonly onRemark?: (sentence: string) => void;
  /** Rows cannot be written; they wait in memory. */
  readonly onFailure?: (error: unknown) => void;
  /** Rows could be written again. */
  readonly onRecovery?: () => void;
}

export interface HistoryLimits {
  /** Seconds between two writes. */
  readonly flush: number;
  /** Seconds before the newest row, after which rows are deleted. */
  readonly keep: number;
  /** Bytes of all files, of which the oldest are deleted first. */
  readonly size: number;
}

export interface HistoryStoreOptions {
  readonly folder: HistoryFolder;
  /** The name of the dataset, and of its folder. */
  readonly dataset: string;
  /** `time` first. */
  readonly columns: readonly FileColumn[];
  /** The dataset's attributes as a DAS. */
  readonly das: () => string;
  readonly fillValue: (column: FileColumn) => number;
  readonly limits: HistoryLimits;
  /** The bounds on the rows in memory. */
  readonly bounds: StoreBounds;
  /** Runs the larger jobs beside the event loop, until the signal aborts; smaller ones run on it. */
  readonly beside: (signal: AbortSignal) => RunJob;
  readonly events?: HistoryEvents;
}

/** Numbers that are encoded on the event loop at once: 600 rows of ten columns take a few milliseconds. */
const INLINE_NUMBERS = 16_384;

/** Attempts to load rows whose file may have been merged meanwhile. */
const LOAD_ATTEMPTS = 3;

/** Rows that wait for a disk that fails: as many as fit into the memory of the log, or into this many bytes. */
const LEAST_WAITING_BYTES = 4 * 1024 * 1024;

/** Seconds until a failed write is tried again, unless the next one is due before. */
const RETRY = 60;

export class HistoryStore implements RowStore {
  readonly #options: HistoryStoreOptions;
  /** The dataset's folder. */
  readonly #path: string;
  readonly #memory: MemoryStore;
  readonly #index: FileIndex;
  readonly #groups: GroupCache;
  /** Copies of rows from memory that are not stored yet. */
  readonly #unstored = new UnstoredRows();
  /** Rows before this position have been copied from memory, or are stored. */
  #copied: number;
  /** The time of the last row that was stored before this start. */
  readonly #lastTimeBefore: number;
  readonly #stop = new AbortController();
  readonly #runBeside: RunJob;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isFlushDue = false;
  #merging: Promise<void> | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #failure: { readonly since: number; readonly message: string } | undefined;
  #failures = 0;
  #hasMergeFailed = false;
  #lost = 0;
  #unfit = 0;
  #flushedAt: number | undefined;

  private constructor(options: HistoryStoreOptions, path: string, files: readonly StoredFile[]) {
    const { columns, bounds, fillValue, limits } = options;
    this.#options = options;
    this.#runBeside = options.beside(this.#stop.signal);
    this.#path = path;
    this.#index = new FileIndex(files);
    const end = this.#index.end ?? 0;
    this.#copied = end;
    this.#lastTimeBefore = this.#index.lastTime ?? Number.NEGATIVE_INFINITY;
    this.#memory = new MemoryStore(columns, bounds, end);
    this.#groups = new GroupCache({ folder: path, columns, fillValue }, GROUP_ROWS * this.#memory.rowBytes);
    this.#schedule(limits.flush);
  }

  /** Finds the rows that are stored already. Rejects if the folder cannot be read. */
  static async open(options: HistoryStoreOptions): Promise<HistoryStore> {
    const path = join(options.folder.path, options.dataset);
    const { files, remarks } = await scan(path);
    for (const remark of remarks) options.events?.onRemark?.(remark);
    return new HistoryStore(options, path, files);
  }

  get first(): number {
    const { first, end } = this.#memory;
    const stored = this.#index.first ?? this.#unstored.first ?? end;
    return Math.min(stored, first);
  }

  get end(): number {
    return this.#memory.end;
  }

  get lastTime(): number | undefined {
    return this.#memory.lastTime ?? this.#index.lastTime;
  }

  get closed(): boolean {
    return this.#memory.closed;
  }

  get status(): StoreStatus {
    return { ...this.#memory.status, history: this.#historyStatus };
  }

  get #historyStatus(): HistoryStatus {
    const { rows, bytes, files, firstTime, lastTime } = this.#index;
    return {
      folder: this.#path,
      rows,
      bytes,
      files: files.length,
      unstored: this.end - this.#storedEnd,
      failures: this.#failures,
      lost: this.#lost,
      unfit: this.#unfit,
      ...(firstTime === undefined ? {} : { firstTime }),
      ...(lastTime === undefined ? {} : { lastTime }),
      ...(this.#flushedAt === undefined ? {} : { flushedAt: this.#flushedAt }),
      ...(this.#failure === undefined
        ? {}
        : { failure: this.#failure.message, failingSince: this.#failure.since }),
    };
  }

  /** Rows before this position are in files, or given up. */
  get #storedEnd(): number {
    return this.#unstored.first ?? this.#copied;
  }

  append(batch: Batch): void {
    const times = batch.columns[0] as Float64Array;
    for (let from = 0; from < batch.length; ) {
      const count = this.#countBeforeLoss(times.subarray(from));
      if (count === 0) {
        this.#copyOut();
        this.#flushEarly();
        continue;
      }
      this.#memory.append(sliceOf(batch, from, from + count));
      from += count;
    }
    // Early enough that most of the memory still has room for rows to come.
    if (this.end - this.#copied > this.#memory.capacity / 2) this.#flushEarly();
  }

  view(position: number, most: number): Batch {
    return this.#memory.view(position, most);
  }

  find(time: number, isIncluded: boolean): number {
    const { first, end } = this.#memory;
    const inMemory = () => this.#memory.find(time, isIncluded);
    if (end > first) {
      const firstTime = this.#memory.status.firstTime!;
      // Rows of a clock behind the stored rows are not in the order of times.
      if (firstTime <= time && firstTime > this.#lastTimeBefore) return inMemory();
    }
    const stored = this.#index.find(time, isIncluded);
    if (stored !== undefined && stored < first) return stored;
    const unstored = this.#unstored.find(time, isIncluded);
    return unstored !== undefined && unstored < first ? unstored : inMemory();
  }

  async load(position: number, most: number): Promise<PositionedRows> {
    for (let attempt = 1; ; attempt += 1) {
      const at = Math.max(position, this.first);
      const group = this.#index.locate(at);
      const stored = group === undefined ? Number.POSITIVE_INFINITY : Math.max(at, group.position);
      const unstored = this.#unstored.read(at, most);
      const next = Math.min(stored, unstored?.position ?? Number.POSITIVE_INFINITY);
      if (Math.max(at, this.#memory.first) <= next) return this.#fromMemory(at, most);
      if (group === undefined || stored > next) return unstored!;
      try {
        const rows = await this.#groups.read(group);
        const from = stored - group.position;
        const to = Math.min(rows.length, from + most);
        const columns = rows.columns.map(column => (column as NumberColumn).slice(from, to));
        return { position: stored, batch: { length: to - from, columns } };
      } catch (error) {
        if (attempt >= LOAD_ATTEMPTS || !(await this.#isMoved(group.file, error))) throw error;
      }
    }
  }

  /** Stores the rows that are not stored yet. Resolves when they are, or when that has failed. Does not reject. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) this.#flushing = this.#flushAll();
    else this.#isFlushDue = true;
    return this.#flushing;
  }

  /** Merges the parts of days that are over. Does not reject. */
  merge(): Promise<void> {
    this.#merging ??= this.#mergeAll().finally(() => {
      this.#merging = undefined;
    });
    return this.#merging;
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const memory = this.#memory.close();
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await memory;
    await this.flush();
    // What a merge leaves behind is removed at the next start.
    this.#stop.abort();
    await this.#merging;
  }

  #schedule(seconds: number): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => void this.flush(), seconds * 1000);
    this.#timer.unref();
  }

  /** The number of rows with these times that memory can take before it forgets rows that have not been copied. */
  #countBeforeLoss(times: Float64Array): number {
    const { capacity, bounds } = this.#memory;
    const uncopied = this.end - this.#copied;
    const room = Math.min(times.length, capacity - uncopied);
    if (room <= 0) return 0;
    const oldest =
      uncopied > 0 ? (this.#memory.view(this.#copied, 1).columns[0] as Float64Array)[0]! : times[0]!;
    if (times[room - 1]! - oldest <= bounds.age) return room;
    const late = times.findIndex(time => time - oldest > bounds.age);
    return late < 0 ? room : Math.min(room, late);
  }

  /** Copies all rows of memory that have not been copied. */
  #copyOut(): void {
    while (this.#copied < this.end) {
      const { columns } = this.#memory.view(this.#copied, Number.POSITIVE_INFINITY);
      const copies = columns.map(column => (column as NumberColumn).slice());
      const { length } = copies[0]!;
      this.#unstored.add({ position: this.#copied, batch: { length, columns: copies } });
      this.#copied += length;
    }
    this.#bound();
  }

  /** Bounds the rows that wait while the disk fails or does not answer; the oldest are lost. */
  #bound(): void {
    const { capacity, rowBytes } = this.#memory;
    const most = Math.max(capacity, Math.ceil(LEAST_WAITING_BYTES / rowBytes));
    if (this.#unstored.rows <= most) return;
    if (this.#lost === 0) {
      this.#options.events?.onRemark?.(
        `${this.#path}: rows are lost, because they can neither be stored nor kept in memory; health and metrics count them`,
      );
    }
    this.#lost += this.#unstored.dropBefore(this.#copied - most);
  }

  /** Stores rows before their time, unless a write has failed a moment ago. */
  #flushEarly(): void {
    if (this.#failure === undefined) void this.flush();
  }

  async #flushAll(): Promise<void> {
    do {
      this.#isFlushDue = false;
      await this.#flushOnce();
    } while (this.#isFlushDue && this.#failure === undefined);
    this.#flushing = undefined;
    const { flush } = this.#options.limits;
    this.#schedule(this.#failure === undefined ? flush : Math.min(RETRY, flush));
    if (this.#failure === undefined && !this.#isClosed) void this.merge();
  }

  async #flushOnce(): Promise<void> {
    this.#copyOut();
    if (this.#unstored.rows === 0 && this.#failure === undefined) return;
    const end = this.#copied;
    try {
      await this.#options.folder.check();
      const { runs, unfit } = this.#unstored.runs(this.#index.lastTime ?? Number.NEGATIVE_INFINITY);
      for (const run of runs) {
        const file = await this.#write(run);
        this.#index.add(file);
        this.#unstored.dropBefore(endOfFile(file));
      }
      this.#unstored.dropBefore(end);
      this.#countUnfit(unfit);
      this.#flushedAt = Date.now() / 1000;
      this.#recover();
      await this.#deleteOld();
    } catch (error) {
      this.#fail(error);
      this.#uncopy();
    }
  }

  #write({ day, position, batch }: StorableRun): Promise<StoredFile> {
    const { dataset, columns, das } = this.#options;
    const isSmall = batch.length * columns.length <= INLINE_NUMBERS;
    // At the end, when the event loop has nothing else to do, the start of a thread would only take time.
    const run = isSmall || this.#isClosed ? runJob : this.#runBeside;
    const facts = { dataset, columns, das: das(), firstPosition: position, clock: [] };
    return run({ kind: 'write', folder: this.#path, day, facts, batch });
  }

  /** Lets go of the copies of rows that memory has still. */
  #uncopy(): void {
    const begin = this.#unstored.first;
    if (begin === undefined) return;
    this.#unstored.dropFrom(this.#memory.first);
    this.#copied = this.#unstored.end ?? Math.max(begin, this.#memory.first);
  }

  #countUnfit(unfit: number): void {
    if (unfit === 0) return;
    if (this.#unfit === 0) {
      this.#options.events?.onRemark?.(
        `${this.#path}: rows are not stored whose times are not after those of the stored rows, or no whole microseconds; health and metrics count them`,
      );
    }
    this.#unfit += unfit;
  }

  #fail(error: unknown): void {
    this.#failures += 1;
    const isNew = this.#failure === undefined;
    this.#failure = { since: this.#failure?.since ?? Date.now() / 1000, message: messageOf(error) };
    if (isNew) this.#options.events?.onFailure?.(error);
  }

  #recover(): void {
    if (this.#failure === undefined) return;
    this.#failure = undefined;
    this.#options.events?.onRecovery?.();
  }

  /** Deletes the oldest files while the history exceeds its limits, but never the newest one. */
  async #deleteOld(): Promise<void> {
    const { keep, size } = this.#options.limits;
    for (;;) {
      const [oldest, next] = this.#index.files;
      if (oldest === undefined || next === undefined) return;
      const isOld = oldest.lastTime < (this.#index.lastTime ?? 0) - keep;
      if (!isOld && this.#index.bytes <= size) return;
      if (this.#merging !== undefined && oldest.isPart) return;
      this.#index.remove(oldest);
      this.#groups.forget(oldest);
      await this.#delete([oldest]);
    }
  }

  async #mergeAll(): Promise<void> {
    const { lastTime } = this.#index;
    if (lastTime === undefined) return;
    const files = [...this.#index.files];
    try {
      const merges = await plannedMerges(this.#path, files, dayOf(lastTime));
      for (const { job, parts } of merges) {
        await this.#options.folder.check();
        const file = await this.#runBeside(job);
        this.#index.replace(parts, [file]);
        await this.#delete(parts);
        for (const part of parts) this.#groups.forget(part);
      }
      if (merges.length > 0) await writeIndexFile(this.#path, this.#index.files);
      this.#hasMergeFailed = false;
    } catch (error) {
      if (this.#isClosed) return;
      const part = error instanceof PartError ? files.find(({ path }) => path === error.part) : undefined;
      if (part !== undefined) return this.#setAside(part, messageOf(error));
      this.#failures += 1;
      if (!this.#hasMergeFailed) this.#options.events?.onFailure?.(error);
      this.#hasMergeFailed = true;
    }
  }

  /** Deletes files, and the folders that are empty then. */
  async #delete(files: readonly StoredFile[]): Promise<void> {
    for (const { path } of files) {
      await unlink(join(this.#path, path)).catch((error: NodeJS.ErrnoException) => {
        if (error.code !== 'ENOENT') throw error;
      });
    }
    for (const folder of new Set(files.map(({ path }) => join(this.#path, dirname(path))))) {
      await syncFolder(folder).catch(() => undefined);
      await removeEmpty(folder, this.#path);
    }
  }

  async #setAside(file: StoredFile, reason: string): Promise<void> {
    this.#index.remove(file);
    this.#groups.forget(file);
    const remark = await setAside(join(this.#path, file.path), 'broken', reason).catch(messageOf);
    this.#options.events?.onRemark?.(remark);
  }

  /** Whether the index says something else now about a file that could not be read. */
  async #isMoved(file: StoredFile, error: unknown): Promise<boolean> {
    if (!this.#index.files.includes(file)) return true;
    if (error instanceof BrokenFile) {
      await this.#setAside(file, error.message);
      return true;
    }
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return false;
    // The whole folder may be away, with its disk.
    await this.#options.folder.check();
    if ((await readdir(this.#path)).length === 0) return false;
    this.#index.remove(file);
    this.#groups.forget(file);
    return true;
  }

  #fromMemory(position: number, most: number): PositionedRows {
    const at = Math.max(position, this.#memory.first);
    const { columns } = this.#memory.view(at, most);
    const copies = columns.map(column => (column as NumberColumn).slice());
    const length = copies[0]?.length ?? 0;
    if (length === 0) throw new Error(`expected a row at ${position} or after it, found none`);
    return { position: at, batch: { length, columns: copies } };
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

// Keeps the rows of a dataset for years: the newest in memory, all others in files.

import type { Batch, NumberColumn } from '../../dap/index.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type {
  HistoryStatus,
  PositionedRows,
  RowStore,
  StoreBounds,
  StoreStatus,
} from '../store/row-store.ts';
import { sliceOf } from '../store/slice.ts';
import { DiskRows, type DiskRowsOptions } from './disk-rows.ts';
import { UnstoredRows } from './unstored-rows.ts';
import { WriteFaults } from './write-faults.ts';

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

export interface HistoryStoreOptions extends Omit<DiskRowsOptions, 'onRemark'> {
  readonly limits: HistoryLimits;
  /** The bounds on the rows in memory. */
  readonly bounds: StoreBounds;
  readonly events?: HistoryEvents;
  /** Called when nothing is written any more. */
  readonly release?: () => Promise<void>;
}

/** Seconds until a failed write is tried again, unless the next one is due before. */
const RETRY = 60;

/** Rows that wait for a disk that fails: as many as fit into the memory of the log, or into this many bytes. */
const LEAST_WAITING_BYTES = 4 * 1024 * 1024;

/** Attempts to load rows that move meanwhile. */
const LOAD_ATTEMPTS = 5;

export class HistoryStore implements RowStore {
  readonly #options: HistoryStoreOptions;
  readonly #memory: MemoryStore;
  readonly #disk: DiskRows;
  /** Copies of rows from memory that are not stored yet. */
  readonly #unstored = new UnstoredRows();
  readonly #faults: WriteFaults;
  /** Merges fail and succeed apart from writes, and are only counted. */
  readonly #mergeFaults: WriteFaults;
  /** Rows before this position have been copied from memory, or are stored. */
  #copied: number;
  /** The time of the last row that was stored before this start. */
  readonly #lastTimeBefore: number;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isFlushDue = false;
  #merging: Promise<void> | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #lost = 0;
  #unfit = 0;
  #flushedAt: number | undefined;

  private constructor(options: HistoryStoreOptions, disk: DiskRows) {
    const { columns, bounds, limits, events } = options;
    this.#options = options;
    this.#disk = disk;
    const end = disk.end ?? 0;
    this.#copied = end;
    this.#lastTimeBefore = disk.lastTime;
    this.#memory = new MemoryStore(columns, bounds, end);
    const onFailure = (error: unknown) => events?.onFailure?.(error);
    this.#faults = new WriteFaults(onFailure, () => events?.onRecovery?.());
    this.#mergeFaults = new WriteFaults(onFailure, () => undefined);
    this.#schedule(limits.flush);
  }

  /** Finds the rows that are stored already. Rejects if the folder cannot be read. */
  static async open(options: HistoryStoreOptions): Promise<HistoryStore> {
    const onRemark = (sentence: string) => options.events?.onRemark?.(sentence);
    return new HistoryStore(options, await DiskRows.open({ ...options, onRemark }));
  }

  get first(): number {
    const { first, end } = this.#memory;
    return Math.min(this.#disk.first ?? this.#unstored.first ?? end, first);
  }

  get end(): number {
    return this.#memory.end;
  }

  get lastTime(): number | undefined {
    return this.#memory.lastTime ?? this.#disk.status.lastTime;
  }

  get closed(): boolean {
    return this.#memory.closed;
  }

  get status(): StoreStatus {
    const faults = this.#faults.status;
    const history: HistoryStatus = {
      ...this.#disk.status,
      unstored: this.end - (this.#unstored.first ?? this.#copied),
      lost: this.#lost,
      unfit: this.#unfit,
      ...(this.#flushedAt === undefined ? {} : { flushedAt: this.#flushedAt }),
      ...this.#mergeFaults.status,
      ...faults,
      failures: faults.failures + this.#mergeFaults.status.failures,
    };
    return { ...this.#memory.status, history };
  }

  append(batch: Batch): void {
    const times = batch.columns[0] as Float64Array;
    for (let from = 0; from < batch.length; ) {
      const count = this.#countBeforeLoss(times.subarray(from));
      if (count === 0) this.#copyOut();
      else this.#memory.append(sliceOf(batch, from, from + count));
      from += count;
    }
    // Early enough that most of the memory still has room for rows to come.
    const isDue = this.end - (this.#unstored.first ?? this.#copied) > this.#memory.capacity / 2;
    if (isDue && !this.#faults.isFailing) void this.flush();
  }

  view(position: number, most: number): Batch {
    return this.#memory.view(position, most);
  }

  find(time: number, isIncluded: boolean): number {
    const { first, status } = this.#memory;
    // Rows of a clock behind the stored rows are not in the order of times.
    const { firstTime = Number.NEGATIVE_INFINITY } = status;
    if (firstTime <= time && firstTime > this.#lastTimeBefore) return this.#memory.find(time, isIncluded);
    const elsewhere = this.#disk.find(time, isIncluded) ?? this.#unstored.find(time, isIncluded);
    return elsewhere !== undefined && elsewhere < first ? elsewhere : this.#memory.find(time, isIncluded);
  }

  async load(position: number, most: number): Promise<PositionedRows> {
    for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt += 1) {
      const at = Math.max(position, this.first);
      const unstored = this.#unstored.read(at, most);
      const onDisk = this.#disk.next(at) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(onDisk, unstored?.position ?? Number.POSITIVE_INFINITY);
      const inMemory = Math.max(at, this.#memory.first);
      if (inMemory <= next && inMemory < this.end) return copyOf(inMemory, this.view(inMemory, most));
      if (unstored !== undefined && unstored.position === next) return unstored;
      const rows = next < Number.POSITIVE_INFINITY ? await this.#disk.read(next, most) : undefined;
      if (rows !== undefined) return rows;
    }
    throw new Error(`expected a row at ${position} or behind it, found none`);
  }

  /** Stores the rows that are not stored yet. Resolves when they are, or when that has failed. Does not reject. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) this.#flushing = this.#flushAll();
    else this.#isFlushDue = true;
    return this.#flushing;
  }

  /** Merges the parts of days that are over. Does not reject. */
  merge(): Promise<void> {
    this.#merging ??= this.#disk
      .merge()
      .then(
        () => this.#mergeFaults.succeeded(),
        (error: unknown) => this.#mergeFaults.failed(error),
      )
      .finally(() => {
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
    this.#disk.stop();
    await this.#merging;
    await this.#options.release?.();
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
    const oldest = uncopied > 0 ? (this.view(this.#copied, 1).columns[0] as Float64Array)[0]! : times[0]!;
    if (times[room - 1]! - oldest <= bounds.age) return room;
    const late = times.findIndex(time => time - oldest > bounds.age);
    return late < 0 ? room : Math.min(room, late);
  }

  /** Copies all rows of memory that have not been copied. */
  #copyOut(): void {
    while (this.#copied < this.end) {
      const piece = copyOf(this.#copied, this.view(this.#copied, Number.POSITIVE_INFINITY));
      this.#unstored.add(piece);
      this.#copied += piece.batch.length;
    }
    // While the disk fails, or does not answer, the oldest rows are lost.
    const { capacity, rowBytes } = this.#memory;
    const most = Math.max(capacity, Math.ceil(LEAST_WAITING_BYTES / rowBytes));
    if (this.#unstored.rows <= most) return;
    if (this.#lost === 0)
      this.#remark('rows are lost, because they can neither be stored nor kept in memory');
    this.#lost += this.#unstored.dropBefore(this.#copied - most);
  }

  /** Lets go of the copies of rows that memory has still. */
  #uncopy(): void {
    const begin = this.#unstored.first;
    if (begin === undefined) return;
    this.#unstored.dropFrom(this.#memory.first);
    this.#copied = this.#unstored.end ?? Math.max(begin, this.#memory.first);
  }

  async #flushAll(): Promise<void> {
    do {
      this.#isFlushDue = false;
      await this.#flushOnce();
    } while (this.#isFlushDue && !this.#faults.isFailing);
    this.#flushing = undefined;
    const { flush } = this.#options.limits;
    this.#schedule(this.#faults.isFailing ? Math.min(RETRY, flush) : flush);
    if (!this.#faults.isFailing && !this.#isClosed) void this.merge();
  }

  async #flushOnce(): Promise<void> {
    this.#copyOut();
    if (this.#unstored.rows === 0 && !this.#faults.isFailing) return;
    const end = this.#copied;
    try {
      await this.#options.folder.check();
      const { runs, unfit } = this.#unstored.runs(this.#disk.lastTime);
      for (const run of runs) this.#unstored.dropBefore(await this.#disk.write(run, [], this.#isClosed));
      this.#unstored.dropBefore(end);
      if (unfit > 0 && this.#unfit === 0) {
        this.#remark(
          'rows are not stored whose times are not after those of the stored rows, or no whole microseconds',
        );
      }
      this.#unfit += unfit;
      this.#flushedAt = Date.now() / 1000;
      await this.#disk.deleteOld(this.#options.limits);
      this.#faults.succeeded();
    } catch (error) {
      this.#faults.failed(error);
      this.#uncopy();
    }
  }

  #remark(what: string): void {
    this.#options.events?.onRemark?.(`${this.#disk.path}: ${what}; health and metrics count them`);
  }
}

/** Rows of memory in own arrays. */
function copyOf(position: number, { length, columns }: Batch): PositionedRows {
  const copies = columns.map(column => (column as NumberColumn).slice());
  return { position, batch: { length, columns: copies } };
}

// Keeps the rows of a dataset for years: the newest in memory, all others in files.

import type { Batch } from '../../dap/protocol.ts';
import type {
  HistoryStatus,
  PositionedRows,
  RowStore,
  StoreBounds,
  StoreStatus,
} from '../store/row-store.ts';
import { DiskRows, type DiskRowsOptions } from './disk-rows.ts';
import { HistoryClock } from './history-clock.ts';
import { MemoryTail } from './memory-tail.ts';
import type { UnstoredRows } from './unstored-rows.ts';
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
  readonly clock?: HistoryClock;
  /** Called when nothing is written any more. */
  readonly release?: () => Promise<void>;
}

/** Seconds until a failed write is tried again, unless the next one is due before. */
const RETRY = 60;

const LOST = 'rows are lost, because they can neither be stored nor kept in memory';
const UNFIT =
  'rows are not stored whose times are not after those of the stored rows, or no whole microseconds';

/** Attempts to load rows that move meanwhile. */
const LOAD_ATTEMPTS = 5;

export class HistoryStore implements RowStore {
  readonly #options: HistoryStoreOptions;
  readonly #tail: MemoryTail;
  readonly #disk: DiskRows;
  readonly #clock: HistoryClock;
  readonly #faults: WriteFaults;
  /** Merges fail and succeed apart from writes, and are only counted. */
  readonly #mergeFaults: WriteFaults;
  /** The time of the last row that was stored before this start. */
  #lastTimeBefore: number;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isFlushDue = false;
  #merging: Promise<void> | undefined;
  #isClosed = false;
  #closing: Promise<void> | undefined;
  #unfit = 0;
  #isLossReported = false;
  #flushedAt: number | undefined;

  private constructor(options: HistoryStoreOptions, disk: DiskRows) {
    const { columns, bounds, limits, events } = options;
    this.#options = options;
    this.#disk = disk;
    this.#clock = options.clock ?? new HistoryClock();
    this.#lastTimeBefore = disk.lastTime;
    this.#tail = new MemoryTail(columns, bounds, disk.end ?? 0);
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
    const { memory, unstored } = this.#tail;
    return Math.min(this.#disk.first ?? unstored.first ?? memory.end, memory.first);
  }

  get end(): number {
    return this.#tail.memory.end;
  }

  get lastTime(): number | undefined {
    return this.#tail.memory.lastTime ?? this.#disk.status.lastTime;
  }

  get closed(): boolean {
    return this.#tail.memory.closed;
  }

  get status(): StoreStatus {
    const faults = this.#faults.status;
    const history: HistoryStatus = {
      ...this.#disk.status,
      unstored: this.end - this.#tail.storedEnd,
      lost: this.#tail.lost,
      unfit: this.#unfit,
      ...(this.#flushedAt === undefined ? {} : { flushedAt: this.#flushedAt }),
      ...this.#mergeFaults.status,
      ...faults,
      failures: faults.failures + this.#mergeFaults.status.failures,
    };
    return { ...this.#tail.memory.status, history };
  }

  append(batch: Batch): void {
    this.#tail.append(batch);
    // Early enough that most of the memory still has room for rows to come.
    if (this.#tail.isHalfFull && !this.#faults.isFailing) void this.flush();
  }

  view(position: number, most: number): Batch {
    return this.#tail.memory.view(position, most);
  }

  find(time: number, isIncluded: boolean): number {
    const { memory, unstored } = this.#tail;
    // Rows of a clock behind the stored rows are not in the order of times.
    const { firstTime = Number.NEGATIVE_INFINITY } = memory.status;
    if (firstTime <= time && firstTime > this.#lastTimeBefore) return memory.find(time, isIncluded);
    const elsewhere = this.#disk.find(time, isIncluded) ?? unstored.find(time, isIncluded);
    return elsewhere !== undefined && elsewhere < memory.first ? elsewhere : memory.find(time, isIncluded);
  }

  async load(position: number, most: number): Promise<PositionedRows> {
    const { memory, unstored } = this.#tail;
    for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt += 1) {
      const at = Math.max(position, this.first);
      const waiting = unstored.read(at, most);
      const onDisk = this.#disk.next(at) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(onDisk, waiting?.position ?? Number.POSITIVE_INFINITY);
      const inMemory = Math.max(at, memory.first);
      if (inMemory <= next && inMemory < this.end) return this.#tail.read(inMemory, most);
      if (waiting !== undefined && waiting.position === next) return waiting;
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
    const memory = this.#tail.memory.close();
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

  async #flushAll(): Promise<void> {
    do {
      this.#isFlushDue = false;
      if (!this.#isHeld) await this.#flushOnce();
    } while (this.#isFlushDue && !this.#faults.isFailing && !this.#isHeld);
    // One turn at least, so that this promise is known to those that flush meanwhile.
    await undefined;
    this.#flushing = undefined;
    const { flush } = this.#options.limits;
    this.#schedule(this.#faults.isFailing || this.#isHeld ? Math.min(RETRY, flush) : flush);
    if (!this.#faults.isFailing && !this.#isClosed) void this.merge();
  }

  /** Rows wait for the right time while memory has room for them. */
  get #isHeld(): boolean {
    return this.#clock.isHeld() && !this.#isClosed && !this.#tail.isHalfFull;
  }

  async #flushOnce(): Promise<void> {
    const { unstored } = this.#tail;
    const end = this.#tail.copyOut();
    if (this.#tail.lost > 0 && !this.#isLossReported) this.#remark(LOST);
    this.#isLossReported = this.#tail.lost > 0;
    if (unstored.rows === 0 && !this.#faults.isFailing) return;
    try {
      await this.#options.folder.check();
      const { runs, unfit } = await this.#runs();
      for (const run of runs) {
        const times = run.batch.columns[0] as Float64Array;
        const marks = this.#clock.marks(times[0]!, times.at(-1)!);
        unstored.dropBefore(await this.#disk.write(run, marks, this.#isClosed));
      }
      unstored.dropBefore(end);
      if (unfit > 0 && this.#unfit === 0) this.#remark(UNFIT);
      this.#unfit += unfit;
      this.#flushedAt = Date.now() / 1000;
      const deleted = await this.#disk.deleteOld(this.#options.limits, this.#clock.mostDeletions);
      if (deleted > 0) this.#clock.deleted();
      this.#faults.succeeded();
    } catch (error) {
      this.#faults.failed(error);
      this.#tail.uncopy();
    }
  }

  /** The rows that wait, with their right times. */
  async #runs(): Promise<ReturnType<UnstoredRows['runs']>> {
    const runs = () => this.#tail.unstored.runs(this.#disk.lastTime, time => this.#clock.correct(time));
    const found = runs();
    const now = found.unfit > 0 ? this.#clock.presentBefore(this.#disk.lastTime) : undefined;
    if (now === undefined) return found;
    await this.#disk.setAsideAfter(now);
    this.#lastTimeBefore = this.#disk.lastTime;
    return runs();
  }

  #remark(what: string): void {
    this.#options.events?.onRemark?.(`${this.#disk.path}: ${what}; health and metrics count them`);
  }
}

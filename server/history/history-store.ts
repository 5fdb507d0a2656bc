// Keeps the rows of a dataset for years: the newest in memory, all others in files.

import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Batch, SummaryUse, TimeBounds } from '../../dap/protocol.ts';
import type {
  HistoryStatus,
  PositionedRows,
  PositionedSummaries,
  RowStore,
  StoreBounds,
  StoreStatus,
} from '../store/row-store.ts';
import { extentOf } from '../store/time-extent.ts';
import type { UnfixedSpan } from '../store/unfixed-span.ts';
import { counted } from '../text/terminal-text.ts';
import { AttachedDisk, type AttachedDiskOptions, type FolderAccess } from './attached-disk.ts';
import type { DiskRows } from './disk/disk-rows.ts';
import type { HistoryFolder } from './disk/history-folder.ts';
import { HistoryClock, instant } from './history-clock.ts';
import { type HistoryEvents, HistoryFaults } from './history-faults.ts';
import { type HistoryLimits, HistoryWriter } from './history-writer.ts';
import { leftRows, takenOver } from './left-rows.ts';
import { MemoryTail } from './memory-tail.ts';
import { unfixedSpans } from './unfixed-spans.ts';
import { type LeftRows, lostText } from './waiting-rows.ts';

export interface HistoryStoreOptions extends Omit<AttachedDiskOptions, 'unserved' | 'onRemark'> {
  readonly limits: HistoryLimits;
  /** The bounds on the rows in memory. */
  readonly bounds: StoreBounds;
  readonly events?: HistoryEvents;
  readonly clock?: HistoryClock;
  /** Rows are those of another machine, which gives them again behind the last stored one. */
  readonly isResumed?: boolean;
  /** Rows that the store before could not write. */
  readonly taken?: LeftRows | undefined;
  /** Receives rows that cannot be written before the store is closed; without it they are lost. */
  readonly leave?: (rows: LeftRows) => void;
  /** Milliseconds that rows wait for a folder that can not be opened, as of a disk that is mounted late. */
  readonly patience?: number;
}

/** Milliseconds: systemd waits 90 s for a disk. */
const PATIENCE = 120_000;

/** The first and the longest pause in milliseconds between two attempts to open the folder meanwhile. */
const PAUSE = { first: 200, longest: 5000 };

/** Attempts to load rows that move meanwhile. */
const LOAD_ATTEMPTS = 5;

export class HistoryStore implements RowStore {
  readonly #options: HistoryStoreOptions;
  readonly #tail: MemoryTail;
  readonly #attached: AttachedDisk;
  readonly #faults: HistoryFaults;
  readonly #clock: HistoryClock;
  readonly #writer: HistoryWriter;
  #closing: Promise<void> | undefined;
  readonly past: Promise<void>;

  private constructor(options: HistoryStoreOptions, attached: AttachedDisk, faults: HistoryFaults) {
    const {
      columns,
      bounds,
      limits,
      clock = new HistoryClock(),
      isResumed = false,
      patience = PATIENCE,
    } = options;
    const { pieces, next } = takenOver(options.taken, attached.rows, isResumed, options);
    const tail = new MemoryTail(columns, bounds, next, pieces);
    this.#options = options;
    this.#attached = attached;
    this.#clock = clock;
    this.#tail = tail;
    this.#faults = faults;
    this.#writer = new HistoryWriter({ attached, tail, clock, limits, faults, isResumed });
    this.past = this.#untilAttached(patience);
  }

  /** Finds the rows that are stored already. Rejects if the folder cannot be read. */
  static async open(
    options: HistoryStoreOptions & { readonly folder: HistoryFolder },
  ): Promise<HistoryStore> {
    const { folder } = options;
    const release = () => Promise.resolve();
    const faults = faultsOf(options, folder.path);
    const access = { path: folder.path, claim: async () => folder, release };
    const attached = new AttachedDisk(
      { ...options, unserved: faults.files, onRemark: faults.remark },
      access,
    );
    await attached.attachFirst();
    return new HistoryStore(options, attached, faults);
  }

  /** As `open`, but if the folder cannot be opened, rows wait in memory until it can. Does not reject. */
  static async start(options: HistoryStoreOptions, access: FolderAccess): Promise<HistoryStore> {
    const faults = faultsOf(options, access.path);
    const attached = new AttachedDisk(
      { ...options, unserved: faults.files, onRemark: faults.remark },
      access,
    );
    await attached.attachFirst().catch((error: unknown) => faults.writes.failed(error));
    return new HistoryStore(options, attached, faults);
  }

  get first(): number {
    const { memory, unstored } = this.#tail;
    return Math.min(this.#disk.first ?? unstored.first ?? memory.end, memory.first);
  }

  get end(): number {
    return this.#tail.memory.end;
  }

  get lastTime(): number | undefined {
    return this.#tail.lastTime ?? this.#disk.status.lastTime;
  }

  get closed(): boolean {
    return this.#tail.memory.closed;
  }

  get status(): StoreStatus {
    const { lastTimeBefore } = this.#writer;
    const history: HistoryStatus = {
      ...this.#disk.status,
      ...(lastTimeBefore > Number.NEGATIVE_INFINITY ? { lastTimeBefore } : {}),
      bytes: this.#disk.status.bytes + this.#attached.summaries.bytes,
      unstored: this.end - this.#tail.storedEnd,
      ...this.#faults.status,
    };
    const { first = 0, end = 0, spans } = this.#disk;
    // A row on the disk counts by its time there, which may have been corrected.
    const extent = extentOf([...spans, ...this.#tail.spans(first, end)]);
    return { ...this.#tail.memory.status, ...(extent === undefined ? {} : { extent }), history };
  }

  get unfixed(): readonly UnfixedSpan[] {
    const disk = this.#attached.isAttached ? this.#disk : undefined;
    return unfixedSpans(disk, this.#tail, this.#clock);
  }

  get #disk(): DiskRows {
    return this.#attached.rows;
  }

  append(batch: Batch): void {
    if (batch.length > 0) this.#clock.rowsCame((batch.columns[0] as Float64Array)[0]!);
    this.#tail.append(batch);
    this.#faults.lost(this.#tail.lost);
    // Early enough that most of the memory still has room for rows to come.
    if (this.#tail.isHalfFull && !this.#faults.writes.isFailing) void this.flush();
  }

  view(position: number, most: number): Batch {
    return this.#tail.memory.view(position, most);
  }

  find(time: number, isIncluded: boolean, until = Number.POSITIVE_INFINITY): number {
    const { memory, unstored, takenUntil } = this.#tail;
    // Rows of a clock behind the stored rows are not in the order of times.
    const { firstTime = Number.NEGATIVE_INFINITY } = memory.status;
    if (firstTime <= time && firstTime > Math.max(this.#writer.lastTimeBefore, takenUntil))
      return memory.find(time, isIncluded);
    const onDisk = this.#disk.startsAfter(until) ? undefined : this.#disk.find(time, isIncluded);
    const elsewhere = onDisk ?? unstored.find(time, isIncluded);
    return elsewhere !== undefined && elsewhere < memory.first ? elsewhere : memory.find(time, isIncluded);
  }

  async load(position: number, most: number, columns?: readonly number[]): Promise<PositionedRows> {
    const { memory, unstored } = this.#tail;
    let before = Number.NEGATIVE_INFINITY;
    for (let attempt = 0; attempt < LOAD_ATTEMPTS; attempt += 1) {
      const at = Math.max(position, this.first);
      const waiting = unstored.read(at, most);
      const onDisk = this.#disk.next(at) ?? Number.POSITIVE_INFINITY;
      const next = Math.min(onDisk, waiting?.position ?? Number.POSITIVE_INFINITY);
      const inMemory = Math.max(at, memory.first);
      if (inMemory <= next && inMemory < this.end) return this.#tail.read(inMemory, most);
      if (waiting !== undefined && waiting.position === next) return waiting;
      // All rows from here to the end are lost, because their files are damaged.
      if (next === Number.POSITIVE_INFINITY) return { position: this.end, batch: this.view(this.end, 0) };
      const rows = await this.#disk.read(next, most, columns);
      if (rows !== undefined) return rows;
      // Any number of files may be damaged.
      if (next > before) attempt = 0;
      before = next;
    }
    throw new Error(`expected a row at ${position} or behind it, found none`);
  }

  async summaries(
    position: number,
    use: SummaryUse,
    time: TimeBounds,
  ): Promise<PositionedSummaries | undefined> {
    // Rows in memory are read there: the disk may have them with corrected times.
    const bounds = { position, before: this.#tail.memory.first, time };
    const disk = this.#disk;
    return this.#attached.summaries.find(use, bounds, () => disk.files);
  }

  /** As `HistoryWriter.flush`. */
  flush(): Promise<void> {
    return this.#writer.flush();
  }

  /** As `HistoryWriter.merge`. */
  merge(): Promise<void> {
    return this.#writer.merge();
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #untilAttached(patience: number): Promise<void> {
    const end = performance.now() + patience;
    let pause = PAUSE.first;
    while (!this.#attached.isAttached && !this.closed && performance.now() < end) {
      await delay(pause, undefined, { ref: false });
      pause = Math.min(2 * pause, PAUSE.longest);
      if (!this.closed) await this.flush();
    }
  }

  async #close(): Promise<void> {
    await this.#tail.memory.close();
    await this.#writer.close();
    const { rows, firstTime } = this.#tail.unstored;
    if (firstTime === undefined) return;
    const { leave } = this.#options;
    if (leave === undefined) this.#faults.remark(lostText(counted(rows, 'row'), instant(firstTime)));
    else this.#leaveTo(leave);
  }

  /** Leaves the rows that files can hold. */
  #leaveTo(leave: (rows: LeftRows) => void): void {
    const { unstored, memory } = this.#tail;
    const clock = this.#clock;
    const { runs, unfitBehind } = unstored.runs(this.#disk.lastTime, time => clock.correct(time));
    this.#faults.unfit(runs.reduce((sum, { unfitBefore }) => sum + unfitBefore, unfitBehind));
    if (runs.length > 0) leave(leftRows(runs, memory.end, this.#disk, clock, this.#options));
  }
}

function faultsOf({ dataset, events }: HistoryStoreOptions, folder: string): HistoryFaults {
  return new HistoryFaults(join(folder, dataset), events);
}

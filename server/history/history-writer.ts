// Writes the rows of a history to the disk in time, tries again what failed, merges days and deletes old ones.

import { counted } from '../text/terminal-text.ts';
import type { AttachedDisk } from './attached-disk.ts';
import { dayOf } from './disk/day.ts';
import type { StoredFile } from './disk/stored-file.ts';
import { FutureRows } from './future-rows.ts';
import { type HistoryClock, instant } from './history-clock.ts';
import type { HistoryFaults } from './history-faults.ts';
import type { MemoryTail } from './memory-tail.ts';

export interface HistoryLimits {
  /** Seconds between two writes. */
  readonly flush: number;
  /** Seconds before the newest row, after which rows are deleted. */
  readonly keep: number;
  /** Bytes of all files, of which the oldest are deleted first. */
  readonly size: number;
}

export interface HistoryWriterOptions {
  readonly attached: AttachedDisk;
  readonly tail: MemoryTail;
  readonly clock: HistoryClock;
  readonly limits: HistoryLimits;
  readonly faults: HistoryFaults;
  /** Rows are those of another machine, which gives them again behind the last stored one. */
  readonly isResumed: boolean;
}

/** Seconds until a failed write is tried again, unless the next one is due before. */
const RETRY = 60;

/** Seconds between two looks for stored rows in the future of the clock, and for merged parts that are due. */
const LOOK = 10;

export class HistoryWriter {
  readonly #options: HistoryWriterOptions;
  readonly #faults: HistoryFaults;
  #lastTimeBefore: number;
  #timer: NodeJS.Timeout | undefined;
  #flushing: Promise<void> | undefined;
  #isFlushDue = false;
  #merging: Promise<void> | undefined;
  #isMergeDue = false;
  #isClosed = false;
  readonly #future: FutureRows;
  #isWaiting = false;
  readonly #watch: NodeJS.Timeout;

  constructor(options: HistoryWriterOptions) {
    const { attached, faults } = options;
    this.#options = options;
    this.#faults = faults;
    this.#lastTimeBefore = attached.rows.lastTime;
    this.#future = new FutureRows(options.clock, faults.remark);
    this.#watch = setInterval(() => this.#look(), LOOK * 1000);
    this.#watch.unref();
    this.#schedule();
  }

  /** The time of the last row that was on the disk before the rows of this start. */
  get lastTimeBefore(): number {
    return this.#lastTimeBefore;
  }

  /** Stores the rows that are not stored yet. Resolves when they are, or when that has failed. Does not reject. */
  flush(): Promise<void> {
    if (this.#flushing === undefined) this.#flushing = this.#flushAll();
    else this.#isFlushDue = true;
    return this.#flushing;
  }

  /**
   * Merges the parts of days that are over, and summarises these days. Resolves when those that are stored now are merged, or when that
   * has failed. Does not reject.
   */
  merge(): Promise<void> {
    if (this.#merging === undefined) this.#merging = this.#mergeAll();
    else this.#isMergeDue = true;
    return this.#merging;
  }

  async #mergeAll(): Promise<void> {
    do {
      this.#isMergeDue = false;
      try {
        await this.#mergeAndSummarise();
        this.#faults.merges.succeeded();
      } catch (error) {
        this.#faults.merges.failed(error);
        break;
      }
      // A merge leaves out parts that were written after it began.
    } while (this.#isMergeDue && !this.#isClosed);
    this.#merging = undefined;
  }

  async #mergeAndSummarise(): Promise<void> {
    const { rows, summaries } = this.#options.attached;
    await rows.upkeep.merge();
    try {
      await summaries.update(() => rows.files, dayOf(rows.lastTime));
    } catch (error) {
      if (!rows.stopping.aborted && !(await rows.upkeep.setAsideBroken(error))) throw error;
    }
  }

  /** Stores all rows; those that cannot be stored are copied out of memory. No row may come any more. Does not reject. */
  async close(): Promise<void> {
    const { attached, tail } = this.#options;
    this.#isClosed = true;
    clearTimeout(this.#timer);
    clearInterval(this.#watch);
    await this.flush();
    tail.copyOut();
    this.#faults.lost(tail.lost);
    attached.rows.stop();
    await this.#merging;
    await attached.release();
  }

  #schedule(): void {
    clearTimeout(this.#timer);
    if (this.#isClosed) return;
    const { flush } = this.#options.limits;
    const seconds = this.#faults.writes.isFailing || this.#isWaiting ? Math.min(RETRY, flush) : flush;
    this.#timer = setTimeout(() => void this.flush(), seconds * 1000);
    this.#timer.unref();
  }

  async #flushAll(): Promise<void> {
    do {
      this.#isFlushDue = false;
      await this.#flushOnce();
      // The flush of the end is the last one: it comes even after one that failed, or whose rows had to wait.
    } while (this.#isFlushDue && (this.#isClosed || !(this.#faults.writes.isFailing || this.#isWaiting)));
    this.#flushing = undefined;
    this.#schedule();
    if (!this.#faults.writes.isFailing && !this.#isClosed) void this.merge();
  }

  /** Whether rows wait for the right time: while memory has room for them, and until the end. */
  async #mustWait(): Promise<boolean> {
    const { attached, tail, clock } = this.#options;
    this.#isWaiting = false;
    if (this.#isClosed) return false;
    // A merge reads files that may be set aside.
    if (this.#future.isContradicted(attached.rows, tail)) await this.#merging;
    const isPressed = tail.isHalfFull;
    const isInDoubt = await this.#future.settle(attached.rows, tail, isPressed);
    this.#lastTimeBefore = Math.min(this.#lastTimeBefore, attached.rows.lastTime);
    this.#isWaiting = isInDoubt || (clock.isHeld() && !isPressed);
    return this.#isWaiting;
  }

  /** Stored rows in the future of the clock are dealt with as soon as the clock is known to be synchronised. */
  #look(): void {
    const { attached, tail, clock } = this.#options;
    clock.look();
    // The end of a flush merges too, and not while files are set aside.
    if (this.#flushing === undefined && attached.rows.upkeep.hasDueParts) void this.merge();
    if (!this.#isWaiting && this.#future.isContradicted(attached.rows, tail)) void this.flush();
  }

  async #flushOnce(): Promise<void> {
    const { attached, tail } = this.#options;
    const isIdle = tail.storedEnd === tail.memory.end && !this.#future.isContradicted(attached.rows, tail);
    if (isIdle && attached.isAttached && !this.#faults.writes.isFailing) return;
    try {
      await this.#check();
      await this.#forgetLost();
      const isWritten = !(await this.#mustWait());
      if (isWritten) await this.#write();
      this.#faults.writes.succeeded();
      if (isWritten) await this.#deleteOld();
    } catch (error) {
      this.#faults.writes.failed(error);
      tail.copyOut();
      tail.uncopy();
    }
    this.#faults.lost(tail.lost);
  }

  /** Rejects with a sentence if nothing can be written. */
  async #check(): Promise<void> {
    const { attached, tail } = this.#options;
    const { rows, lastTime } = attached.rows.status;
    if (!(await attached.check())) return;
    this.#lastTimeBefore = attached.rows.lastTime;
    if (lastTime === undefined) {
      if (this.#options.isResumed) this.#join();
      return;
    }
    tail.unstore();
    this.#faults.remark(
      `another disk was mounted over the folder; ${counted(rows, 'row')}, the last of ${instant(lastTime)}, ${rows === 1 ? 'is' : 'are'} below it: unmount it to copy ${rows === 1 ? 'it' : 'them'}`,
    );
  }

  /** The folder came so late that rows were taken over without it: forgets those that it has, and says whether others are missing. */
  #join(): void {
    const { attached, tail } = this.#options;
    const { lastTime } = attached.rows;
    const { firstTime } = tail;
    if (firstTime === undefined || lastTime === Number.NEGATIVE_INFINITY) return;
    if (firstTime <= lastTime) tail.forgetUntil(lastTime);
    else
      this.#faults.remark(
        `rows from ${instant(lastTime)} to ${instant(firstTime)} may be missing: the folder could not be opened when they could have been taken over`,
      );
  }

  /** Forgets the files that somebody has deleted: they count neither in the extent nor in summaries any more. */
  async #forgetLost(): Promise<void> {
    const lost = await this.#options.attached.rows.upkeep.forgetLost();
    const [first] = lost;
    if (first === undefined) return;
    this.#faults.remark(
      `${counted(lost.length, 'file')} with past rows ${lost.length === 1 ? 'was' : 'were'} deleted by another program, the first of them ${first.path}`,
    );
  }

  async #write(): Promise<void> {
    const { attached, tail, clock } = this.#options;
    const { unstored } = tail;
    const end = tail.copyOut();
    const disk = attached.rows;
    const { runs, unfitBehind, correctedEnd } = unstored.runs(disk.lastTime, time => clock.correct(time));
    for (const run of runs) {
      const times = run.batch.columns[0] as Float64Array;
      const marks = run.as?.marks ?? clock.marks(times[0]!, times.at(-1)!);
      unstored.dropBefore(await disk.write(run, marks, this.#isClosed));
      this.#faults.unfit(run.unfitBefore);
    }
    unstored.dropBefore(end);
    this.#faults.unfit(unfitBehind);
    // Readers get the times that are stored.
    if (correctedEnd !== undefined) tail.memory.forgetBefore(correctedEnd);
    this.#faults.flushed();
  }

  /** Does not reject. */
  async #deleteOld(): Promise<void> {
    const { attached, clock, limits } = this.#options;
    const since = clock.presentBy(attached.rows.lastTime) - limits.keep;
    const deleted: Record<'age' | 'size', StoredFile[]> = { age: [], size: [] };
    try {
      const bounds = { since, size: limits.size };
      await attached.rows.upkeep.deleteOld(
        bounds,
        clock.mostDeletions,
        attached.summaries,
        (file, reason) => void deleted[reason].push(file),
      );
      this.#faults.deletions.succeeded();
    } catch (error) {
      this.#faults.deletions.failed(error);
    }
    if (deleted.age.length > 0) clock.deleted();
    this.#tellDeleted(deleted.age, 'history.keep asks to delete rows of this age');
    this.#tellDeleted(deleted.size, 'history.size asks for room');
  }

  #tellDeleted(files: readonly StoredFile[], why: string): void {
    const [first, last] = [files[0], files.at(-1)];
    if (first === undefined || last === undefined) return;
    const rows = files.reduce((sum, file) => sum + file.rows, 0);
    this.#faults.remark(
      `${counted(rows, 'row')} from ${instant(first.firstTime)} to ${instant(last.lastTime)} deleted: ${why}`,
    );
  }
}

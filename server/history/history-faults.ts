// Counts the faults of a history for its status, and reports each of them once, until it is over.

import type { HistoryStatus } from '../store/row-store.ts';
import { UnservedFiles } from './disk/unserved-files.ts';
import { WriteFaults } from './write-faults.ts';

/** The work of a history that may fail: rows are written, the parts of past days merged, old files deleted. */
export type HistoryWork = 'write' | 'merge' | 'delete';

/** Receives the news of a history for the journal: each fault once, until it is over. */
export interface HistoryEvents {
  /** A sentence about a file that was set aside or left alone, or about rows that could not be stored. */
  readonly onRemark?: (sentence: string) => void;
  /** The work fails; rows that cannot be written wait in memory. */
  readonly onFailure?: (message: string, work: HistoryWork) => void;
  /** The work succeeds again. */
  readonly onRecovery?: (work: HistoryWork) => void;
}

const LOST =
  'rows are lost, because they can neither be stored nor kept in memory; health and metrics count them';
const UNFIT =
  'new rows are not stored: their times are not later than the last stored row (the clock is wrong, or was), or no whole microseconds; health and metrics count them';

export class HistoryFaults {
  readonly writes: WriteFaults;
  readonly merges: WriteFaults;
  readonly deletions: WriteFaults;
  readonly files: UnservedFiles;
  /** Reports a sentence about the dataset's folder. */
  readonly remark: (what: string) => void;
  #lost = 0;
  #lostAt: number | undefined;
  #isLossReported = false;
  #unfit = 0;
  #unfitSince: number | undefined;
  /** Whether rows were unfit since the last flush. */
  #isUnfit = false;
  #flushedAt: number | undefined;

  /** @param path the dataset's folder */
  constructor(path: string, events: HistoryEvents = {}) {
    const faults = (work: HistoryWork) =>
      new WriteFaults(
        path,
        message => events.onFailure?.(message, work),
        () => events.onRecovery?.(work),
      );
    this.writes = faults('write');
    this.merges = faults('merge');
    this.deletions = faults('delete');
    this.files = new UnservedFiles(sentence => events.onRemark?.(sentence));
    this.remark = what => events.onRemark?.(`${path}: ${what}`);
  }

  get status() {
    const [writes, merges, deletions] = [this.writes.status, this.merges.status, this.deletions.status];
    return {
      ...writes,
      ...(merges.failure === undefined ? {} : { mergeFailure: merges.failure }),
      ...(deletions.failure === undefined ? {} : { deletionFailure: deletions.failure }),
      failures: writes.failures + merges.failures + deletions.failures,
      ...(this.#flushedAt === undefined ? {} : { flushedAt: this.#flushedAt }),
      lost: this.#lost,
      ...(this.#lostAt === undefined ? {} : { lostAt: this.#lostAt }),
      unfit: this.#unfit,
      ...(this.#unfitSince === undefined ? {} : { unfitSince: this.#unfitSince }),
      ...this.files.status,
    } satisfies Partial<HistoryStatus>;
  }

  /** Notes how many rows were lost since the start. */
  lost(rows: number): void {
    if (rows === this.#lost) return;
    this.#lost = rows;
    this.#lostAt = Date.now() / 1000;
    if (!this.#isLossReported) this.remark(LOST);
    this.#isLossReported = true;
  }

  /** Notes rows that are not stored for their times. */
  unfit(rows: number): void {
    if (rows === 0) return;
    this.#unfit += rows;
    this.#isUnfit = true;
    if (this.#unfitSince === undefined) this.remark(UNFIT);
    this.#unfitSince ??= Date.now() / 1000;
  }

  /** All rows that waited were written, but for those that are unfit. */
  flushed(): void {
    this.#flushedAt = Date.now() / 1000;
    this.#isLossReported = false;
    if (!this.#isUnfit) this.#unfitSince = undefined;
    this.#isUnfit = false;
  }
}

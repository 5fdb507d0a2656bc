// Holds the files of a dataset's history in the order of their rows, and finds rows by position and by time.

import { joinedSpans, type TimeSpan } from '../../store/time-extent.ts';
import { GROUP_ROWS } from '../parquet/file-writer.ts';
import { joinedRuns, type PositionRun } from '../position-run.ts';
import { endOfFile, type StoredFile } from './stored-file.ts';

/** A row group of a file. */
export interface RowGroup {
  readonly file: StoredFile;
  readonly group: number;
  /** The position of its first row. */
  readonly position: number;
}

export class FileIndex {
  #files: StoredFile[];
  #rows = 0;
  #bytes = 0;
  /** Undefined after a change. */
  #spans: readonly TimeSpan[] | undefined;
  #runs: readonly PositionRun[] | undefined;

  /** @param files in the order of their positions and times, without an overlap */
  constructor(files: readonly StoredFile[] = []) {
    this.#files = [...files];
    for (const file of files) this.#count(file, 1);
  }

  get files(): readonly StoredFile[] {
    return this.#files;
  }

  get rows(): number {
    return this.#rows;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The position of the first row; undefined without rows. */
  get first(): number | undefined {
    return this.#files[0]?.firstPosition;
  }

  /** The position after the last row; undefined without rows. */
  get end(): number | undefined {
    const last = this.#files.at(-1);
    return last && endOfFile(last);
  }

  get firstTime(): number | undefined {
    return this.#files[0]?.firstTime;
  }

  get lastTime(): number | undefined {
    return this.#files.at(-1)?.lastTime;
  }

  /** The spans of all rows: a file, whose rows are of one day, has no gap. */
  get spans(): readonly TimeSpan[] {
    this.#spans ??= joinedSpans(this.#files);
    return this.#spans;
  }

  /** The runs of files whose positions follow one another without a gap. */
  get runs(): readonly PositionRun[] {
    this.#runs ??= joinedRuns(
      this.#files.map(file => ({
        first: file.firstPosition,
        end: endOfFile(file),
        firstTime: file.firstTime,
        lastTime: file.lastTime,
      })),
    );
    return this.#runs;
  }

  /** Adds a file whose rows follow all rows that are there. */
  add(file: StoredFile): void {
    if (
      file.firstPosition < (this.end ?? Number.NEGATIVE_INFINITY) ||
      file.firstTime <= (this.lastTime ?? Number.NEGATIVE_INFINITY)
    ) {
      throw new Error(`expected rows after those of the history, found ${file.path}`);
    }
    this.#files.push(file);
    this.#count(file, 1);
  }

  remove(file: StoredFile): void {
    const at = this.#files.indexOf(file);
    if (at < 0) return;
    this.#files.splice(at, 1);
    this.#count(file, -1);
  }

  /** Replaces files that stand side by side by others with the same rows. */
  replace(old: readonly StoredFile[], next: readonly StoredFile[]): void {
    const removed = new Set(old);
    const kept = this.#files.filter(file => !removed.has(file));
    const at = kept.findIndex(({ firstPosition }) => firstPosition > (next[0]?.firstPosition ?? 0));
    kept.splice(at < 0 ? kept.length : at, 0, ...next);
    for (const file of this.#files) if (removed.has(file)) this.#count(file, -1);
    for (const file of next) this.#count(file, 1);
    this.#files = kept;
  }

  /** The row group with the row at `position`, or with the first row after it. */
  locate(position: number): RowGroup | undefined {
    const file = this.#firstWhere(candidate => endOfFile(candidate) > position);
    if (file === undefined) return undefined;
    const group = Math.max(0, Math.floor((position - file.firstPosition) / GROUP_ROWS));
    return groupOf(file, group);
  }

  /**
   * The position of a row group's first row, so that no row at or after `time` stands before it (only after `time` where
   * `isIncluded` is false); undefined if there is no such row at all.
   */
  find(time: number, isIncluded: boolean): number | undefined {
    const file = this.#firstWhere(({ lastTime }) => (isIncluded ? lastTime >= time : lastTime > time));
    if (file === undefined) return undefined;
    let [low, high] = [0, file.groupTimes.length - 1];
    while (low < high) {
      const middle = Math.ceil((low + high) / 2);
      if (file.groupTimes[middle]! <= time) low = middle;
      else high = middle - 1;
    }
    return groupOf(file, low).position;
  }

  /** The first file that `isAtOrAfter` is true of; it is true of all files behind that one. */
  #firstWhere(isAtOrAfter: (file: StoredFile) => boolean): StoredFile | undefined {
    let [low, high] = [0, this.#files.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isAtOrAfter(this.#files[middle]!)) high = middle;
      else low = middle + 1;
    }
    return this.#files[low];
  }

  #count({ rows, bytes }: StoredFile, sign: 1 | -1): void {
    this.#spans = undefined;
    this.#runs = undefined;
    this.#rows += sign * rows;
    this.#bytes += sign * bytes;
  }
}

function groupOf(file: StoredFile, group: number): RowGroup {
  return { file, group, position: file.firstPosition + group * GROUP_ROWS };
}

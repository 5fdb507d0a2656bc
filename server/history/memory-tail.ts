// Holds the newest rows in memory, and copies those that memory would forget before they are stored.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import { MemoryStore } from '../store/memory-store.ts';
import type { PositionedRows, StoreBounds } from '../store/row-store.ts';
import { sliceOf } from '../store/slice.ts';
import type { TimeSpan } from '../store/time-extent.ts';
import type { FileColumn } from './parquet/file-columns.ts';
import { type TakenRows, UnstoredRows } from './unstored-rows.ts';

/** Rows that wait for a disk that fails: as many as fit into the memory of the log, or into this many bytes. */
const LEAST_WAITING_BYTES = 4 * 1024 * 1024;

export class MemoryTail {
  readonly memory: MemoryStore;
  /** Copies of rows that are not stored yet. */
  readonly unstored = new UnstoredRows();
  /** Rows that were neither stored nor kept. */
  lost = 0;
  /** The time of the last row that was taken over; minus infinity without one. */
  readonly takenUntil: number;
  /** Rows before this position have been copied, or are stored. */
  #copied: number;

  /**
   * @param start the position of the first row to come
   * @param taken rows before it that the store before has left
   */
  constructor(
    columns: readonly FileColumn[],
    bounds: StoreBounds,
    start: number,
    taken: readonly TakenRows[] = [],
  ) {
    this.memory = new MemoryStore(columns, bounds, start);
    for (const piece of taken) this.unstored.add(piece);
    this.takenUntil = this.unstored.lastTime ?? Number.NEGATIVE_INFINITY;
    this.#copied = start;
  }

  /** Rows before this position are stored, or given up. */
  get storedEnd(): number {
    return this.unstored.first ?? this.#copied;
  }

  /** The time of the first row in memory, or before it if it is not stored; undefined without rows. */
  get firstTime(): number | undefined {
    return this.unstored.firstTime ?? this.memory.status.firstTime;
  }

  /** The time of the last row in memory, or of the last one that was taken over if it is not stored; undefined without rows. */
  get lastTime(): number | undefined {
    return this.memory.lastTime ?? this.unstored.lastTime;
  }

  /** More rows wait than half of the memory has room for. */
  get isHalfFull(): boolean {
    return this.memory.end - this.storedEnd > this.memory.capacity / 2;
  }

  /** The spans of the rows that are not on the disk, whose rows have the positions `first` to `end - 1`. */
  spans(first: number, end: number): readonly TimeSpan[] {
    const { memory, unstored } = this;
    return [...memory.spans(0, first), ...unstored.spans, ...memory.spans(end, memory.end)];
  }

  append(batch: Batch): void {
    const times = batch.columns[0] as Float64Array;
    for (let from = 0; from < batch.length; ) {
      const count = this.#countBeforeLoss(times.subarray(from));
      if (count === 0) this.copyOut();
      else this.memory.append(sliceOf(batch, from, from + count));
      from += count;
    }
  }

  /** Copies all rows of memory that have not been copied, and gives the position after them. */
  copyOut(): number {
    const { end, capacity, rowBytes } = this.memory;
    while (this.#copied < end) {
      const piece = this.read(this.#copied, Number.POSITIVE_INFINITY);
      this.unstored.add(piece);
      this.#copied += piece.batch.length;
    }
    // While the disk fails, or does not answer, the oldest rows are lost.
    const most = Math.max(capacity, Math.ceil(LEAST_WAITING_BYTES / rowBytes));
    if (this.unstored.rows > most) this.lost += this.unstored.dropBefore(end - most);
    return end;
  }

  /** Lets go of the copies of rows that memory has still, because they could not be stored. */
  uncopy(): void {
    const begin = this.unstored.first;
    if (begin === undefined) return;
    const { first } = this.memory;
    this.unstored.dropFrom(first);
    this.#copied = this.unstored.end ?? Math.max(begin, first);
  }

  /** Counts the rows of memory as not stored, because the disk with them has gone. */
  unstore(): void {
    const { first } = this.memory;
    if (this.storedEnd <= first) return;
    this.unstored.dropFrom(first);
    this.#copied = first;
  }

  /** Forgets the rows up to a time, because the disk has them. */
  forgetUntil(time: number): void {
    const position = this.unstored.find(time, false) ?? this.memory.find(time, false);
    this.unstored.dropBefore(position);
    this.memory.forgetBefore(position);
    this.#copied = Math.max(this.#copied, position);
  }

  /** Rows of memory in own arrays. */
  read(position: number, most: number): PositionedRows {
    const { length, columns } = this.memory.view(position, most);
    return { position, batch: { length, columns: columns.map(column => (column as NumberColumn).slice()) } };
  }

  /** The number of rows with these times that memory can take before it forgets rows that have not been copied. */
  #countBeforeLoss(times: Float64Array): number {
    const { capacity, bounds, end } = this.memory;
    const uncopied = end - this.#copied;
    const room = Math.min(times.length, capacity - uncopied);
    if (room <= 0) return 0;
    const oldest =
      uncopied > 0 ? (this.memory.view(this.#copied, 1).columns[0] as Float64Array)[0]! : times[0]!;
    if (times[room - 1]! - oldest <= bounds.age) return room;
    const late = times.findIndex(time => time - oldest > bounds.age);
    return late < 0 ? room : Math.min(room, late);
  }
}

// Keeps copies of rows that are not on the disk yet, and cuts them into runs that each fit into one file.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import type { PositionedRows } from '../store/row-store.ts';
import { sliceOf } from '../store/slice.ts';
import { dayOf } from './day.ts';
import { isStorable } from './file-columns.ts';

/** Rows of one UTC day, one behind another. */
export interface StorableRun extends PositionedRows {
  readonly day: number;
}

export class UnstoredRows {
  #pieces: PositionedRows[] = [];
  #rows = 0;

  get rows(): number {
    return this.#rows;
  }

  /** The position of the first row; undefined without rows. */
  get first(): number | undefined {
    return this.#pieces[0]?.position;
  }

  /** The position after the last row; undefined without rows. */
  get end(): number | undefined {
    const last = this.#pieces.at(-1);
    return last && last.position + last.batch.length;
  }

  /** Adds rows behind those that are there. The arrays belong to this from now on. */
  add(piece: PositionedRows): void {
    if (piece.batch.length === 0) return;
    this.#pieces.push(piece);
    this.#rows += piece.batch.length;
  }

  /** Drops the rows before `position`, and gives their number. */
  dropBefore(position: number): number {
    const before = this.#rows;
    this.#pieces = this.#pieces.flatMap(({ position: first, batch }) => {
      if (first >= position) return [{ position: first, batch }];
      const from = Math.min(batch.length, position - first);
      return from === batch.length ? [] : [{ position: position, batch: sliceOf(batch, from, batch.length) }];
    });
    this.#rows = this.#pieces.reduce((sum, { batch }) => sum + batch.length, 0);
    return before - this.#rows;
  }

  /** Drops the pieces that begin at `position` or behind it. */
  dropFrom(position: number): void {
    this.#pieces = this.#pieces.filter(({ position: first }) => first < position);
    this.#rows = this.#pieces.reduce((sum, { batch }) => sum + batch.length, 0);
  }

  /** Up to `most` rows from `position` on, or from the first row behind it; undefined if there is none. */
  read(position: number, most: number): PositionedRows | undefined {
    const piece = this.#pieces.find(({ position: first, batch }) => first + batch.length > position);
    if (piece === undefined) return undefined;
    const from = Math.max(0, position - piece.position);
    const { columns } = sliceOf(piece.batch, from, Math.min(piece.batch.length, from + most));
    const copies = columns.map(column => (column as NumberColumn).slice());
    return { position: piece.position + from, batch: { length: copies[0]!.length, columns: copies } };
  }

  /** The position of the first row at or after `time`, or after it alone; undefined if there is none. */
  find(time: number, isIncluded: boolean): number | undefined {
    for (const { position, batch } of this.#pieces) {
      const row = (batch.columns[0] as Float64Array).findIndex(found =>
        isIncluded ? found >= time : found > time,
      );
      if (row >= 0) return position + row;
    }
    return undefined;
  }

  /**
   * The rows as runs, without rows that no file can hold: those whose time is not storable, or not after `last` and all times before.
   * @param correct gives the time of a row that is stored as another one
   * @returns also the number of the rows that were left out
   */
  runs(
    last: number,
    correct: (time: number) => number = time => time,
  ): { readonly runs: readonly StorableRun[]; readonly unfit: number } {
    const runs: { day: number; position: number; end: number; slices: Batch[] }[] = [];
    let unfit = 0;
    let latest = last;
    for (const { position, batch } of this.#pieces) {
      const { times, isCorrected } = correctedTimes(batch, correct);
      const columns = isCorrected ? [times, ...batch.columns.slice(1)] : batch.columns;
      const rows = { length: batch.length, columns };
      for (let from = 0; from < batch.length; ) {
        const to = endOfRun(times, from, latest);
        if (to === from) {
          unfit += 1;
          from += 1;
          continue;
        }
        const day = dayOf(times[from]!);
        const open = runs.at(-1);
        const slice = sliceOf(rows, from, to);
        if (open?.day === day && open.end === position + from) {
          open.slices.push(slice);
          open.end = position + to;
        } else runs.push({ day, position: position + from, end: position + to, slices: [slice] });
        latest = times[to - 1]!;
        from = to;
      }
    }
    return {
      runs: runs.map(({ day, position, slices }) => ({ day, position, batch: joined(slices) })),
      unfit,
    };
  }
}

function correctedTimes(
  { columns }: Batch,
  correct: (time: number) => number,
): { readonly times: Float64Array; readonly isCorrected: boolean } {
  const times = columns[0] as Float64Array;
  // Times increase, and only early ones are corrected.
  const isCorrected = times.length > 0 && correct(times[0]!) !== times[0];
  return { times: isCorrected ? times.map(correct) : times, isCorrected };
}

/** The end of the rows from `from` on that fit into one file of a day; `from` itself if that row fits into none. */
function endOfRun(times: Float64Array, from: number, last: number): number {
  const day = dayOf(times[from]!);
  let latest = last;
  let row = from;
  while (
    row < times.length &&
    times[row]! > latest &&
    isStorable(times[row]!) &&
    dayOf(times[row]!) === day
  ) {
    latest = times[row]!;
    row += 1;
  }
  return row;
}

/** One batch of several, in own arrays unless there is only one. */
function joined(batches: readonly Batch[]): Batch {
  const [first] = batches;
  if (first === undefined || batches.length === 1) return first ?? { length: 0, columns: [] };
  const length = batches.reduce((sum, batch) => sum + batch.length, 0);
  return {
    length,
    columns: first.columns.map((column, index) => {
      const kind = column.constructor as new (length: number) => NumberColumn;
      const whole = new kind(length);
      let at = 0;
      for (const { columns, length: rows } of batches) {
        whole.set(columns[index] as NumberColumn, at);
        at += rows;
      }
      return whole;
    }),
  };
}

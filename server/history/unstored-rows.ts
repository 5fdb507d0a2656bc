// Keeps copies of rows that are not on the disk yet, and cuts them into runs that each fit into one file.

import type { Batch, NumberColumn } from '../../dap/protocol.ts';
import type { PositionedRows } from '../store/row-store.ts';
import { joined, sliceOf } from '../store/slice.ts';
import { spansOf, type TimeSpan } from '../store/time-extent.ts';
import { dayOf } from './disk/day.ts';
import type { StorableRun } from './disk/storable-run.ts';
import { isStorable } from './parquet/file-columns.ts';
import type { PositionRun } from './position-run.ts';
import type { StoredAs } from './waiting-rows.ts';

/** Rows of a closed store, in the columns of this one. */
export interface TakenRows extends PositionedRows {
  /** The same rows as they are to be stored. */
  readonly kept?: { readonly batch: Batch; readonly as: StoredAs };
}

export class UnstoredRows {
  #pieces: TakenRows[] = [];
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

  /** The time of the first row; undefined without rows. */
  get firstTime(): number | undefined {
    return (this.#pieces[0]?.batch.columns[0] as Float64Array | undefined)?.[0];
  }

  /** The time of the last row; undefined without rows. */
  get lastTime(): number | undefined {
    return (this.#pieces.at(-1)?.batch.columns[0] as Float64Array | undefined)?.at(-1);
  }

  get spans(): readonly TimeSpan[] {
    return this.#pieces.flatMap(({ batch: { columns, length } }) =>
      spansOf(row => (columns[0] as Float64Array)[row]!, 0, length),
    );
  }

  /** The positions and times of the rows, in their order. */
  get positionRuns(): readonly PositionRun[] {
    return this.#pieces.map(({ position, batch: { columns, length } }) => {
      const times = columns[0] as Float64Array;
      return { first: position, end: position + length, firstTime: times[0]!, lastTime: times[length - 1]! };
    });
  }

  /** Adds rows behind those that are there. The arrays belong to this from now on. */
  add(piece: TakenRows): void {
    if (piece.batch.length === 0) return;
    this.#pieces.push(piece);
    this.#rows += piece.batch.length;
  }

  /** Drops the rows before `position`, and gives their number. */
  dropBefore(position: number): number {
    const before = this.#rows;
    this.#pieces = this.#pieces.flatMap(piece => {
      const from = Math.min(piece.batch.length, position - piece.position);
      if (from <= 0) return [piece];
      return from === piece.batch.length ? [] : [behind(piece, from)];
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
   * @returns also the number of the rows that were left out behind the last run, and the position after the last row with a
   * corrected time
   */
  runs(
    last: number,
    correct: (time: number) => number = time => time,
  ): {
    readonly runs: readonly StorableRun[];
    readonly unfitBehind: number;
    readonly correctedEnd: number | undefined;
  } {
    const runs: (Omit<StorableRun, 'batch' | 'unfitBefore'> & {
      unfitBefore: number;
      end: number;
      slices: Batch[];
    })[] = [];
    let unfit = 0;
    let latest = last;
    let correctedEnd: number | undefined;
    for (const { position, batch: served, kept } of this.#pieces) {
      const batch = kept?.batch ?? served;
      const as = kept?.as;
      const { times, corrected } = correctedTimes(batch, as === undefined ? correct : time => time);
      if (corrected > 0) correctedEnd = position + corrected;
      const columns = corrected > 0 ? [times, ...batch.columns.slice(1)] : batch.columns;
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
        if (open?.day === day && open.end === position + from && open.as === as) {
          open.slices.push(slice);
          open.end = position + to;
        } else {
          runs.push({
            day,
            unfitBefore: unfit,
            position: position + from,
            end: position + to,
            slices: [slice],
            ...(as === undefined ? {} : { as }),
          });
          unfit = 0;
        }
        latest = times[to - 1]!;
        from = to;
      }
    }
    return {
      runs: runs.map(({ slices, end: _end, ...run }) => ({ ...run, batch: joined(slices) })),
      unfitBehind: unfit,
      correctedEnd,
    };
  }
}

/** A piece without its first rows. */
function behind({ position, batch, kept }: TakenRows, rows: number): TakenRows {
  return {
    position: position + rows,
    batch: sliceOf(batch, rows, batch.length),
    ...(kept === undefined
      ? {}
      : { kept: { as: kept.as, batch: sliceOf(kept.batch, rows, kept.batch.length) } }),
  };
}

/** The times as they are stored, and the number of rows up to the last one with another time. */
function correctedTimes(
  { columns }: Batch,
  correct: (time: number) => number,
): { readonly times: Float64Array; readonly corrected: number } {
  const times = columns[0] as Float64Array;
  const right = times.map(correct);
  let corrected = times.length;
  while (corrected > 0 && right[corrected - 1] === times[corrected - 1]) corrected -= 1;
  return corrected === 0 ? { times, corrected } : { times: right, corrected };
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

// Keeps every row of a history as it was made, and says what a reader of the store may get at each position.

import type { Batch, NumberColumn } from '../../../dap/index.ts';
import type { HistoryLimits } from '../../../server/history/history-writer.ts';
import type { FileColumn, StoredType } from '../../../server/history/parquet/file-columns.ts';
import type { Synchronized } from '../../../server/machine/synchronized.ts';
import type { HistoryStatus } from '../../../server/store/row-store.ts';

/** A missing value in a column of this type: NaN, or netCDF's fill values. */
export function missingValue(type: StoredType): number {
  if (type === 'Int32') return -2147483647;
  return type === 'UInt32' ? 4294967295 : Number.NaN;
}

/** The value in another type; NaN if that cannot hold it. */
const KINDS: Partial<Record<StoredType, (value: number) => number>> = {
  Float64: value => value,
  Float32: value =>
    Number.isFinite(value) && !Number.isFinite(Math.fround(value)) ? Number.NaN : Math.fround(value),
  Int32: value => (Number.isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31 ? value : Number.NaN),
  UInt32: value => (Number.isInteger(value) && value >= 0 && value < 2 ** 32 ? value : Number.NaN),
};

export interface KeptRow {
  /** The time with which it was made; since the next start, the time with which it is stored. */
  time: number;
  /** The time with which it is stored, since the clock was set. */
  storedTime: number;
  readonly columns: readonly FileColumn[];
  readonly values: readonly number[];
  /** No clock known to be right has made its time. */
  isUnsure: boolean;
  isStored: boolean;
  /** Its file was damaged or deleted, or its time fits into no file. */
  mayMiss: boolean;
}

type Limits = Pick<HistoryLimits, 'keep' | 'size'>;

export class KeptRows {
  #rows = new Map<number, KeptRow>();
  /** The time of the last row that was stored. */
  lastStored = Number.NEGATIVE_INFINITY;
  /** Rows of this start whose times fit into no file. */
  unfit = 0;

  get all(): readonly (readonly [number, KeptRow])[] {
    return [...this.#rows].sort(([one], [other]) => one - other);
  }

  /** The position after the last row that is in a file. */
  get end(): number {
    const last = this.all.findLast(([, { isStored, mayMiss }]) => isStored && !mayMiss);
    return last === undefined ? 0 : last[0] + 1;
  }

  add(
    position: number,
    columns: readonly FileColumn[],
    { length, columns: values }: Batch,
    synchronized: Synchronized,
  ): void {
    if (synchronized === 'yes') for (const row of this.#rows.values()) row.isUnsure = false;
    for (let row = 0; row < length; row += 1) {
      if (this.#rows.has(position + row)) throw new Error(`a second row at ${position + row}`);
      const own = values.map(column => (column as NumberColumn)[row]!);
      this.#rows.set(position + row, {
        time: own[0]!,
        storedTime: own[0]!,
        columns,
        values: own,
        isUnsure: synchronized === 'no',
        isStored: false,
        mayMiss: false,
      });
    }
  }

  /** Rows before `position` have been written, those aside whose times do not increase. */
  storedUpTo(position: number): void {
    for (const [at, row] of this.all) {
      if (at >= position || row.isStored) continue;
      row.isStored = true;
      if (row.storedTime > this.lastStored) this.lastStored = row.storedTime;
      else {
        row.mayMiss = true;
        this.unfit += 1;
      }
    }
  }

  /** The clock was set forward before the row at `time`; unsure rows from before are to be corrected, unless they are stored. */
  correct(time: number, seconds: number): void {
    for (const row of this.#rows.values())
      if (row.isUnsure && !row.isStored && row.time < time)
        row.storedTime = Math.round((row.storedTime + seconds) * 1e6) / 1e6;
  }

  /**
   * The process ended. Rows that were not stored are gone, and those at `end` and behind it give their positions away: unless they are old, only damage may
   * have removed them.
   */
  restart(end: number, limits: Limits): void {
    const since = this.#since(limits);
    for (const [position, row] of this.all) {
      if (row.isStored && position >= end && !row.mayMiss && row.storedTime >= since)
        throw new Error(`expected the stored row at ${position}, found an end at ${end}`);
      if (!row.isStored || position >= end) this.#rows.delete(position);
      row.time = row.storedTime;
      row.isUnsure = false;
    }
    this.unfit = 0;
  }

  /** Another store of the same process goes on with all rows, whose times are final now. */
  reload(): void {
    for (const row of this.#rows.values()) {
      row.time = row.storedTime;
      row.isUnsure = false;
    }
    this.unfit = 0;
  }

  /** All positions change by `offset`. */
  move(offset: number): void {
    this.#rows = new Map([...this.#rows].map(([position, row]) => [position + offset, row]));
  }

  mayMiss(isGone: (row: KeptRow, position: number) => boolean): void {
    for (const [position, row] of this.#rows) if (isGone(row, position)) row.mayMiss = true;
  }

  /** The rows from one position to before another were deleted. Throws unless they are old. */
  delete(from: number, to: number, limits: Limits): void {
    const since = this.#since(limits);
    for (const [position, row] of this.expected(from, to)) {
      if (!(row.storedTime < since)) throw new Error(`expected the row at ${position}, which is not old`);
      row.mayMiss = true;
    }
  }

  /** Throws if a row from these positions is still there that is older than `keep` seconds, and by more than the day of its file. */
  checkAge(from: number, to: number, keep: number): void {
    const limit = this.lastStored - keep - 86_400;
    const old = this.expected(from, to).find(([, { storedTime }]) => storedTime < limit);
    if (old !== undefined) throw new Error(`expected the row at ${old[0]} to be deleted for its age`);
  }

  /** Throws unless all rows that are in no file are counted, and those in files if no file was damaged or deleted. */
  checkCounts(found: Pick<HistoryStatus, 'rows' | 'unfit'>, isWhole: boolean): void {
    const rows = isWhole ? this.all.filter(([, row]) => row.isStored && !row.mayMiss).length : found.rows;
    if (found.unfit !== this.unfit)
      throw new Error(`expected ${this.unfit} unfit rows, found ${found.unfit}`);
    if (found.rows !== rows) throw new Error(`expected ${rows} rows in files, found ${found.rows}`);
  }

  /** Rows from before this time may be deleted. */
  #since({ keep, size }: Limits): number {
    return size < 1e15 ? Number.POSITIVE_INFINITY : this.lastStored - keep;
  }

  /** Rows that a reader must get, from one position to before another. */
  expected(from: number, to: number): readonly (readonly [number, KeptRow])[] {
    return this.all.filter(([position, { mayMiss }]) => position >= from && position < to && !mayMiss);
  }

  /** Throws unless these are the values of the row at `position`, in the columns that the dataset has now. */
  compare(position: number, columns: readonly FileColumn[], values: readonly number[]): void {
    const row = this.#rows.get(position);
    if (row === undefined) throw new Error(`expected no row at ${position}, found ${values}`);
    const [time] = values;
    const others = columns.slice(1).map(column => readAs(row, column));
    const isRight =
      (time === row.time || (row.isStored && time === row.storedTime)) &&
      others.every((value, index) => Object.is(value, values[index + 1]));
    if (!isRight)
      throw new Error(`expected at ${position} ${row.time} or ${row.storedTime}, ${others}; found ${values}`);
  }
}

/** The value of a row in a column that it may have had with another type, or not at all. */
function readAs(row: KeptRow, { type, name, quantity }: FileColumn): number {
  const index = row.columns.findIndex(column => column.name === name);
  const before = row.columns[index];
  if (before === undefined || before.quantity !== quantity) return missingValue(type);
  const value = row.values[index]!;
  if (before.type === type) return value;
  const held = KINDS[type]!(value);
  return Number.isNaN(held) || value === missingValue(before.type) ? missingValue(type) : held;
}

// Makes what the server says of a dataset into the inputs of its tiles, and judges by two clocks whether it is out of date.

import { Digits } from '../rows/digits.ts';
import type { ShownColumn } from '../stream/describe.ts';
import type { TileInput } from './reading.ts';
import type { RecentColumn, RecentDataset, Series } from './recent.ts';

/** A row is late after this many intervals, and after this many milliseconds: an answer comes every few seconds. */
const LATE_INTERVALS = 3;
const LEAST_LATE = 15_000;

/** Milliseconds after the beginning of the day from which on a later beginning of the rows is said. */
const LATER_START = 600_000;

const MINUTE = 60_000;

/** The newest answers about one dataset. Moments are those of a clock that is never set. */
export class DatasetTiles {
  readonly columns: readonly ShownColumn[];
  readonly #digits: ReadonlyMap<string, Digits>;
  #series: ReadonlyMap<string, Series> = new Map();
  #said: RecentDataset | undefined;
  #saidAt = 0;
  /** When the newest row was seen to change. */
  #changedAt = 0;

  constructor(columns: readonly ShownColumn[]) {
    this.columns = columns;
    this.#digits = new Map(columns.map(column => [column.name, new Digits(column)]));
  }

  /** Takes an answer. `isFirst`: nobody asked for a while before it. */
  take(said: RecentDataset, at: number, isFirst: boolean): void {
    if (isFirst || this.#said?.time !== said.time) this.#changedAt = at;
    this.#said = said;
    this.#saidAt = at;
    if (said.described !== undefined) this.#series = said.described.series;
    for (const column of this.columns) {
      for (const value of Object.values(unpacked(column, said.columns.get(column.name)))) {
        this.#digits.get(column.name)!.add(value);
      }
    }
  }

  /**
   * Milliseconds by which the newest row is out of date; undefined if it is not. The server's clock judges rows of its own, and this
   * page by how long no other row has come: a clock that was set makes nothing late.
   */
  lateness(now: number): number | undefined {
    const { interval, isClocked, age } = this.#said ?? {};
    if (interval === undefined || interval === 0) return undefined;
    const limit = Math.max(LEAST_LATE, LATE_INTERVALS * interval);
    const byServer = isClocked === true && age !== undefined ? age + now - this.#saidAt : 0;
    const bySight = now - this.#changedAt;
    const late = Math.max(byServer, bySight);
    return late > limit ? late : undefined;
  }

  /** True unless a time is known to be before the day that the extremes are those of. */
  isOfToday(time: number): boolean {
    return time >= (this.#said?.dayStart ?? Number.NEGATIVE_INFINITY);
  }

  /** Minutes without a value that are no gap. */
  get joins(): number {
    return Math.ceil((2 * (this.#said?.interval ?? 0)) / MINUTE);
  }

  seriesOf(column: string): Series | undefined {
    const series = this.#series.get(column);
    if (series === undefined) return undefined;
    const { meaning, flags } = this.columns.find(({ name }) => name === column) ?? {};
    if (flags !== undefined && flags.size > 2) return undefined;
    // Unpacking may turn the picture over.
    return (meaning?.scale ?? 1) < 0
      ? { low: series.low.map(negated), high: series.high.map(negated) }
      : series;
  }

  /** What the tile of a column shows. `isUnanswered`: the server does not answer now. */
  inputOf(column: ShownColumn, now: number, isUnanswered: boolean): TileInput {
    const said = this.#said;
    const { value, least, greatest } = unpacked(column, said?.columns.get(column.name));
    const failing = said?.failing.find(({ columns }) => columns.includes(column.name));
    const { dayStart = 0, since } = said ?? {};
    const hasToday = Number.isFinite(least) && Number.isFinite(greatest);
    return {
      value: said?.time === undefined ? undefined : value,
      decimals: this.#digits.get(column.name)!.decimals,
      // The newest row may be a moment ahead of the extremes.
      today: hasToday ? extremesOf([least, greatest, value]) : undefined,
      since: since !== undefined && since - dayStart > LATER_START ? since : undefined,
      failing,
      isStale: isUnanswered || said?.failure !== undefined || this.lateness(now) !== undefined,
    };
  }
}

function unpacked(
  { meaning }: ShownColumn,
  found: RecentColumn | undefined,
): { readonly value: number; readonly least: number; readonly greatest: number } {
  const unpack = (stored = Number.NaN) => meaning?.valueOf(stored) ?? stored;
  return { value: unpack(found?.value), least: unpack(found?.least), greatest: unpack(found?.greatest) };
}

function extremesOf(values: readonly number[]): { readonly least: number; readonly greatest: number } {
  const known = values.filter(Number.isFinite);
  return { least: Math.min(...known), greatest: Math.max(...known) };
}

function negated(value: number | undefined): number | undefined {
  return value === undefined ? undefined : -value;
}

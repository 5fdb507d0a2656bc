// Keeps account of the rows of a Sequence that have come, and makes the constraint that asks for the others.

import {
  type Constraint,
  type Continuations,
  canRepeatLast,
  type ResumeOptions,
  ROW_BY_ROW,
  restAfter,
  rowCount,
  rowRangeOf,
  timeBounds,
  timeClause,
  upperTimeBound,
} from '../../constraint/index.ts';
import { fromMillis, type TimeUnits, toMillis, UNIX_SECONDS } from '../../model/time-units.ts';
import type { Batch } from '../../model/value.ts';
import type { DapDataset, Sequence } from '../../model/variable.ts';
import type { FollowedRows } from './followed-rows.ts';
import { type LastRow, RecentTimes } from './recent-times.ts';
import { RepeatedRows } from './repeated-rows.ts';
import { askingFor, pathOfTime, type ResumeTime } from './resume-time.ts';
import { columnOf, datasetChanged, onlySequence } from './served-columns.ts';

/** The rows of one Sequence over all its connections: each row exactly once, always in the same columns. */
export class Progress {
  #asked: Constraint;
  readonly #continuations: Continuations;
  /** The number of rows that the constraint's row range asks for; Infinity without a range. */
  readonly #wanted: number;
  #time: ResumeTime | undefined;
  /** The Sequence as the first connection served it, in the columns that the rows have. */
  #sequence: Sequence | undefined;
  /** The beginning of the first connection, in seconds since 1970, which `now` in the constraint keeps to mean. */
  #startedAt: number | undefined;
  /** Seconds by which the server's clock is ahead of ours. */
  #serverAhead = 0;
  /** The columns of `#sequence`, as their indices on this connection. */
  #columns: readonly number[] = [];
  /** The index of the time column on this connection; -1 without one. */
  #timeColumn = -1;
  readonly #recent: RecentTimes;
  readonly #repeated: RepeatedRows;
  /** All rows before this time have come; undefined if that is the last row's time. */
  #from: number | undefined;
  #seen = 0;
  #seenBefore = 0;
  /** The server's clock was set back: the request asks for its rows after this time, and none of them count as come. */
  #startsOverAt: number | undefined;
  /** The server refuses bounds on time. */
  #isUnbounded = false;

  constructor(asked: Constraint, after?: LastRow, continuations: Continuations = ROW_BY_ROW) {
    this.#asked = asked;
    this.#continuations = continuations;
    this.#recent = new RecentTimes(after);
    this.#repeated = new RepeatedRows(this.#recent, after !== undefined);
    const range = rowRangeOf(asked);
    this.#wanted = range === undefined ? Number.POSITIVE_INFINITY : rowCount(range);
  }

  /** The number of rows that have come over all connections. */
  get seen(): number {
    return this.#seen;
  }

  /** The number of rows that the last connection has brought. */
  get seenNow(): number {
    return this.#seen - this.#seenBefore;
  }

  /** All rows of the row range have come. */
  get isFull(): boolean {
    return this.#seen >= this.#wanted;
  }

  /** True if requests bound the time although the caller's constraint has no selection. */
  get addsBounds(): boolean {
    const resumes = this.#time !== undefined && this.last !== undefined && !this.#isUnbounded;
    return resumes && this.#seen > 0 && this.#asked.selections.length === 0;
  }

  /** The column by which the stream is resumed, once it is known. */
  get time(): ResumeTime | undefined {
    return this.#time;
  }

  /** True if the next rows are those after the last one. */
  get isResuming(): boolean {
    return this.last !== undefined && this.#startsOverAt === undefined;
  }

  /** The estimated reading of the server's clock, in seconds since 1970. */
  get serverNow(): number {
    return Date.now() / 1000 + this.#serverAhead;
  }

  /** The last row that has come. */
  get last(): LastRow | undefined {
    return this.#recent.last;
  }

  /** True if the time of the last row may be a missing value or in other units than seconds, because no attributes were read. */
  get isLastDoubtful(): boolean {
    if (this.#time === undefined || this.#time.units !== undefined) return false;
    return this.#recent.isLastDoubtful(this.serverNow);
  }

  /** True if this connection has brought the last row again, or a row after it. */
  get hasMetLast(): boolean {
    return this.#repeated.hasMetLast;
  }

  /** True if a request can ask for the last row again. */
  get #repeatsLast(): boolean {
    return canRepeatLast(this.#asked, this.#seen);
  }

  /** Seconds since 1970 at which the time column reads `value`. */
  seconds(value: number): number {
    return toMillis(this.#units, value) / 1000;
  }

  /** The reading of the time column at `seconds` since 1970. */
  reading(seconds: number): number {
    return fromMillis(this.#units, seconds * 1000);
  }

  /**
   * True if `batch`, the first of its connection, should begin with the last row and does not: the server may have started again
   * since then.
   */
  lacksLast(batch: Batch): boolean {
    return this.#repeatsLast && this.#repeated.lackLast(batch.columns[this.#timeColumn]?.[0]);
  }

  /** True if `batch` is the first one after `startOver`, and begins before the last row. */
  goesBack(batch: Batch): boolean {
    const first = batch.columns[this.#timeColumn]?.[0];
    if (this.#startsOverAt === undefined || this.last === undefined) return false;
    return this.#recent.isTime(first) && first <= this.last.time;
  }

  /** Resumes the stream by `time` from now on; requests include the column if the projection leaves it out. */
  resumeBy(time: ResumeTime): void {
    const { low } = timeBounds(this.#asked, pathOfTime(time), 0);
    if (low > Number.NEGATIVE_INFINITY) this.#repeated.expectPast();
    if (time.isOmitted && this.#time === undefined) this.#asked = askingFor(pathOfTime(time), this.#asked);
    this.#time = time;
    if (time.meaning !== undefined) this.#recent.use(time.meaning);
  }

  /** Requests no bounds on time any more, since the server refuses them; repeated rows are still dropped. */
  goWithoutBounds(): void {
    this.#isUnbounded = true;
    this.#from = undefined;
  }

  /** Begins another connection. */
  restart(): void {
    this.#seenBefore = this.#seen;
    if (this.#startsOverAt !== undefined) this.#from = undefined;
    this.#startsOverAt = undefined;
  }

  /** Has the next request ask for all rows after the time `after` of the server, whose clock is or was behind the last row. */
  startOver(after = this.#beginning): void {
    this.#startsOverAt = after;
    this.#from = undefined;
  }

  /**
   * The time at which the next request begins, in seconds since 1970; undefined if it begins with the server's next rows, or if the
   * constraint cannot be requested in slices.
   */
  get nextStart(): number | undefined {
    if (
      this.#time === undefined ||
      this.#isUnbounded ||
      !canRepeatLast(this.#asked, 1) ||
      this.#wanted < Number.POSITIVE_INFINITY
    ) {
      return undefined;
    }
    const now = this.#startedAt ?? Date.now() / 1000;
    const { low } = timeBounds(this.#asked, pathOfTime(this.#time), now, this.#units);
    const start = this.#startsOverAt ?? this.last?.time ?? low;
    const from = Math.max(this.#from ?? start, start);
    return from === Number.NEGATIVE_INFINITY ? undefined : this.seconds(from);
  }

  /** Records that all rows up to `seconds` since 1970 have come, although the last row may be earlier. */
  passTo(seconds: number): void {
    this.#from = this.reading(seconds);
  }

  /** The constraint of the next request, up to the time `until` in seconds since 1970. */
  constraint(until?: number): Constraint {
    const rest = this.#rest();
    if (until === undefined || this.#time === undefined) return rest;
    const clause = timeClause(pathOfTime(this.#time), '<', this.reading(until));
    return { ...rest, selections: [...rest.selections, clause] };
  }

  #rest(): Constraint {
    const [time, last] = [this.#time, this.last];
    const rest = (place: ResumeOptions) => restAfter(this.#asked, place, this.#continuations);
    const now = this.#startedAt;
    const known = { rowsSeen: this.#seen, ...(now === undefined ? {} : { now }) };
    const column = time && { time: pathOfTime(time), units: this.#units };
    if (column !== undefined && this.#from !== undefined) {
      return rest({ ...column, last: this.#from, lastCount: 1, ...known });
    }
    if (last === undefined && this.#seen === 0) return this.#asked;
    if (column !== undefined && last !== undefined && !this.#isUnbounded) {
      const again = { last: last.time, lastCount: last.count };
      const place = this.#startsOverAt === undefined ? again : { last: this.#startsOverAt };
      return rest({ ...column, ...place, ...known });
    }
    // Without bounds on time a request cannot go back: a row range continues with the rows that come next.
    return { ...this.#asked, projections: rest({ time: '', last: 0, rowsSeen: this.#seen }).projections };
  }

  /**
   * Begins the rows of a response: the address `at` serves `dataset`, at `now` in seconds since 1970. Throws a `ResponseError` if
   * its rows cannot continue those that have come.
   */
  begin(dataset: DapDataset, at: string, now: number): void {
    const served = onlySequence(dataset, at);
    const column = this.#time?.column;
    const time = served.fields.findIndex(({ name }) => name === column);
    if (this.#sequence === undefined) {
      const hidden = this.#time?.isOmitted === true ? time : -1;
      this.#sequence = { ...served, fields: served.fields.filter((_, i) => i !== hidden) };
    }
    this.#startedAt ??= now;
    this.#serverAhead = now - Date.now() / 1000;
    this.#columns = this.#sequence.fields.map(field => columnOf(field, served, at));
    if (this.last !== undefined && time < 0) {
      throw datasetChanged(`a column ${JSON.stringify(column ?? 'time')} as before`, served, at);
    }
    this.#timeColumn = time;
    const isBehind = this.#from !== undefined;
    const mayRepeat = this.isResuming && !isBehind && this.#continuations.timesIncrease(this.#asked);
    this.#repeated.begin(mayRepeat, this.#repeatsLast ? (this.last?.count ?? 0) : Number.POSITIVE_INFINITY);
  }

  /** The rows of `batch` that have not come before; undefined if all have. */
  take(batch: Batch): FollowedRows | undefined {
    const sequence = this.#sequence;
    if (sequence === undefined) throw new Error('Rows came before the dataset that describes them');
    const time = batch.columns[this.#timeColumn];
    const from = time === undefined ? 0 : this.#repeated.countIn(time);
    // A request that repeats the last rows has a longer row range: too long if the server does not repeat them.
    const to = Math.min(batch.length, from + this.#wanted - this.#seen);
    if (to <= from) return undefined;
    if (this.#startsOverAt !== undefined) this.#recent.clear();
    if (time !== undefined) this.#recent.add(time, from, to);
    this.#startsOverAt = undefined;
    this.#from = undefined;
    this.#seen += to - from;
    const columns = this.#columns.map(i => batch.columns[i]!);
    const isWhole = from === 0 && to === batch.length;
    return {
      sequence,
      length: to - from,
      columns: isWhole ? columns : columns.map(it => it.slice(from, to)),
    };
  }

  /**
   * True if the end marker that has just come ends the stream. It does once the upper bound on time is past, and if the Sequence
   * has no time; an endless Sequence with a time continues on the next connection. A server that shuts down ends a Sequence early,
   * before a bound in the future or with a row range that is not full: these streams end once a connection brings no row, and so
   * does the stream of a server that refuses bounds on time.
   */
  isOver(): boolean {
    const endless = Number.POSITIVE_INFINITY;
    if (this.#time === undefined) return true;
    const high = this.upperBound;
    if (high < endless && this.reading(this.serverNow) >= high) return true;
    if (high === endless && this.#wanted === endless) return this.#isUnbounded && this.seenNow === 0;
    return this.isFull || this.last === undefined || this.seenNow === 0;
  }

  /** The constraint's upper bound on time, in the column's units; Infinity without one. */
  get upperBound(): number {
    if (this.#time === undefined) return Number.POSITIVE_INFINITY;
    return upperTimeBound(this.#asked, pathOfTime(this.#time), this.#startedAt ?? 0, this.#units);
  }

  /** A time before every row that a server may have, except rows of a clock that was never set. */
  get #beginning(): number {
    return Math.floor(this.reading(0)) - 1;
  }

  get #units(): TimeUnits {
    return this.#time?.units ?? UNIX_SECONDS;
  }
}

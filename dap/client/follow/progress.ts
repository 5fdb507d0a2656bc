// Which rows of a Sequence have come, and what the next request asks for so that it brings the others.

import {
  type Constraint,
  canRepeatLast,
  resumeAfter,
  rowCount,
  rowRangeOf,
  timeBounds,
  timeClause,
  timesIncrease,
  upperTimeBound,
} from '../../constraint/index.ts';
import { fromMillis, type TimeUnits, toMillis, UNIX_SECONDS } from '../../model/time-units.ts';
import type { Batch, Column } from '../../model/value.ts';
import type { DapDataset, Sequence } from '../../model/variable.ts';
import { type LastRow, RecentTimes } from './recent-times.ts';
import { askingFor, pathOfTime, type ResumeTime } from './resume-time.ts';
import { columnOf, datasetChanged, onlySequence } from './served-columns.ts';

/** Rows as they came: `length` of them, a column for each field of `sequence`, in that order. */
export interface FollowedRows extends Batch {
  /** The Sequence as the constraint leaves it; the same object for all rows of one `follow`. */
  readonly sequence: Sequence;
}

/** Seconds since 1970, in 2001: earlier times are seldom those of a stream in seconds. */
const EARLY = 1e9;

/** Seconds by which times of a right clock may be ahead of another one. */
const MOST_AHEAD = 60;

/** In a gap of more than this many usual ones a server can start again. */
const USUAL_GAP = 1.5;

/** The rows of one Sequence over all its connections: none twice, none left out, always in the same columns. */
export class Progress {
  #asked: Constraint;
  /** How many rows the constraint's row range asks for; Infinity without one. */
  readonly #wanted: number;
  #time: ResumeTime | undefined;
  /** The Sequence as the first connection served it, in the columns that the rows have. */
  #sequence: Sequence | undefined;
  /** When the first connection began, in seconds since 1970: what `now` in the constraint goes on to mean. */
  #startedAt: number | undefined;
  /** By how many seconds the server's clock is ahead of ours. */
  #serverAhead = 0;
  /** Where this connection has the columns of `#sequence`. */
  #columns: readonly number[] = [];
  /** Where this connection has the time; -1 for nowhere. */
  #timeColumn = -1;
  readonly #recent: RecentTimes;
  /** All rows before this time have come, where that is later than the last one. */
  #from: number | undefined;
  #seen = 0;
  #seenBefore = 0;
  /** How many rows of the time `#last` this connection may begin with that have come before. */
  #repeats = 0;
  /** No row of this connection was a new one yet. */
  #mayRepeat = false;
  #hasMetLast = false;
  /** The server is known to give rows of its past, or was asked for them from the beginning. */
  #hasPast: boolean;
  /** The server is asked for all it has, since its clock was set back: nothing is known to have come. */
  #startsOver = false;
  /** The server refuses bounds on time. */
  #isUnbounded = false;

  constructor(asked: Constraint, after?: LastRow) {
    this.#asked = asked;
    this.#recent = new RecentTimes(after);
    this.#hasPast = after !== undefined;
    const range = rowRangeOf(asked);
    this.#wanted = range === undefined ? Number.POSITIVE_INFINITY : rowCount(range);
  }

  /** How many rows have come, over all connections. */
  get seen(): number {
    return this.#seen;
  }

  /** How many rows the connection has brought that was tried last. */
  get seenNow(): number {
    return this.#seen - this.#seenBefore;
  }

  /** All rows of the row range have come. */
  get isFull(): boolean {
    return this.#seen >= this.#wanted;
  }

  /** A request bounds the time though the constraint that was asked for selects nothing. */
  get addsBounds(): boolean {
    const resumes = this.#time !== undefined && this.last !== undefined && !this.#isUnbounded;
    return resumes && this.#seen > 0 && this.#asked.selections.length === 0;
  }

  /** The column by which the stream is resumed, once that is known. */
  get time(): ResumeTime | undefined {
    return this.#time;
  }

  /** The rows that follow are those after the last one. */
  get isResuming(): boolean {
    return this.last !== undefined && !this.#startsOver;
  }

  /** What the server's clock reads, in seconds since 1970, as far as that is known. */
  get serverNow(): number {
    return Date.now() / 1000 + this.#serverAhead;
  }

  /** The last row that has come. */
  get last(): LastRow | undefined {
    return this.#recent.last;
  }

  /**
   * True where the time of the last row may be a number that stands for none, or one in other units than seconds: the attributes
   * were not asked for, and it is not of these decades, ahead of the server's clock, or not in the order of the others.
   */
  get isLastDoubtful(): boolean {
    if (this.#time === undefined || this.#time.units !== undefined || this.last === undefined) return false;
    const { time } = this.last;
    return !(time > EARLY && time < this.serverNow + MOST_AHEAD) || this.#recent.isOutOfOrder;
  }

  /** True where this connection has brought the last row again, or one behind it. */
  get hasMetLast(): boolean {
    return this.#hasMetLast;
  }

  /** True where a request can ask for the last row again. */
  get repeatsLast(): boolean {
    return canRepeatLast(this.#asked, this.#seen);
  }

  /** Seconds since 1970 at which the time column reads `value`. */
  seconds(value: number): number {
    return toMillis(this.#units, value) / 1000;
  }

  /** What the time column reads at `seconds` since 1970. */
  reading(seconds: number): number {
    return fromMillis(this.#units, seconds * 1000);
  }

  /** The Sequence as the first connection served it, in the columns that the rows have. */
  get sequence(): Sequence | undefined {
    return this.#sequence;
  }

  /**
   * True where `batch`, the first of its connection, should begin with the last row and does not: the server may have started
   * again since then. (Of a server that may have no past at all, not even the last row, a row is no sign of that which comes as
   * soon after the last one as others did.)
   */
  lacksLast(batch: Batch): boolean {
    const first = batch.columns[this.#timeColumn]?.[0];
    if (!this.#mayRepeat || this.#hasMetLast || !this.repeatsLast || !this.#recent.isTime(first))
      return false;
    const gap = first - this.last!.time;
    return gap > 0 && (this.#hasPast || gap > USUAL_GAP * this.#recent.spacing);
  }

  /** True where `batch` is the first that a server gives which started over, and begins before the last row. */
  goesBack(batch: Batch): boolean {
    const first = batch.columns[this.#timeColumn]?.[0];
    return (
      this.#startsOver && this.#recent.isTime(first) && this.last !== undefined && first <= this.last.time
    );
  }

  /** The stream is resumed by `time` from now on; it is asked for besides where the projection leaves it out. */
  resumeBy(time: ResumeTime): void {
    const { low } = timeBounds(this.#asked, pathOfTime(time), 0);
    this.#hasPast ||= low > Number.NEGATIVE_INFINITY;
    if (time.isOmitted && this.#time === undefined) this.#asked = askingFor(pathOfTime(time), this.#asked);
    this.#time = time;
    if (time.meaning !== undefined) this.#recent.use(time.meaning);
  }

  /** The server refuses bounds on time: requests go without them, and rows that have come are dropped. */
  goWithoutBounds(): void {
    this.#isUnbounded = true;
    this.#from = undefined;
  }

  /** Another connection is tried. */
  restart(): void {
    this.#seenBefore = this.#seen;
    if (this.#startsOver) this.#from = undefined;
    this.#startsOver = false;
  }

  /** The server's clock is behind the last row: the next request asks for all rows that the server has. */
  startOver(): void {
    this.#startsOver = true;
    this.#from = undefined;
  }

  /**
   * The time from which on the next request asks for rows, in seconds since 1970; undefined where it asks for the next ones, or where
   * it cannot be asked for them bit by bit.
   */
  get place(): number | undefined {
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
    const start = this.#startsOver ? this.#beginning : (this.last?.time ?? low);
    const from = Math.max(this.#from ?? start, start);
    return from === Number.NEGATIVE_INFINITY ? undefined : this.seconds(from);
  }

  /** All rows up to `seconds` since 1970 have come, though the last one may be earlier. */
  passTo(seconds: number): void {
    this.#from = this.reading(seconds);
  }

  /** What the next request asks for; `until` that time, in seconds since 1970. */
  constraint(until?: number): Constraint {
    const rest = this.#rest();
    if (until === undefined || this.#time === undefined) return rest;
    const clause = timeClause(pathOfTime(this.#time), '<', this.reading(until));
    return { ...rest, selections: [...rest.selections, clause] };
  }

  #rest(): Constraint {
    const [time, last] = [this.#time, this.last];
    if (time !== undefined && this.#from !== undefined) {
      const place = { time: pathOfTime(time), units: this.#units, last: this.#from, lastCount: 1 };
      const now = this.#startedAt === undefined ? {} : { now: this.#startedAt };
      return resumeAfter(this.#asked, { ...place, ...now, rowsSeen: this.#seen });
    }
    if (last === undefined && this.#seen === 0) return this.#asked;
    const known = {
      rowsSeen: this.#seen,
      ...(this.#startedAt === undefined ? {} : { now: this.#startedAt }),
    };
    if (time !== undefined && last !== undefined && !this.#isUnbounded) {
      const place = this.#startsOver ? { last: this.#beginning } : { last: last.time, lastCount: last.count };
      return resumeAfter(this.#asked, { time: pathOfTime(time), units: this.#units, ...place, ...known });
    }
    // Without bounds on time there is no going back: a row range is continued with the rows that come next.
    const { projections } = resumeAfter(this.#asked, { time: '', last: 0, rowsSeen: this.#seen });
    return { ...this.#asked, projections };
  }

  /**
   * The address `at` begins to serve `dataset`, at `now` in seconds since 1970. Throws a `ResponseError` if its rows cannot
   * continue the others.
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
    this.#mayRepeat = this.isResuming && !isBehind && timesIncrease(this.#asked);
    this.#hasMetLast = false;
    this.#repeats = this.repeatsLast ? (this.last?.count ?? 0) : Number.POSITIVE_INFINITY;
  }

  /** The rows of `batch` that had not come before; undefined where there are none. */
  take(batch: Batch): FollowedRows | undefined {
    const sequence = this.#sequence;
    if (sequence === undefined) throw new Error('Rows came before the dataset that describes them');
    const time = batch.columns[this.#timeColumn];
    const from = time === undefined ? 0 : this.#repeatedRows(time);
    // A row range that was asked for with the last rows again is longer than what is wanted, if they do not come.
    const to = Math.min(batch.length, from + this.#wanted - this.#seen);
    if (to <= from) return undefined;
    if (this.#startsOver) this.#recent.clear();
    if (time !== undefined) this.#recent.add(time, from, to);
    this.#startsOver = false;
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
   * Whether an end marker, which has just come, ends it all. It does where an upper bound on time is past, and where no time tells
   * which rows are still to come; an endless Sequence with a time goes on with the next connection. A bound that is still to come,
   * and a row range that is not full yet, can be either: a server that is shut down ends a Sequence early. So that is over
   * only once a connection has brought no row at all, and so is the Sequence of a server that cannot be asked for later rows.
   */
  isOver(): boolean {
    const endless = Number.POSITIVE_INFINITY;
    if (this.#time === undefined) return true;
    const high = this.upperBound;
    if (high < endless && this.reading(this.serverNow) >= high) return true;
    if (high === endless && this.#wanted === endless) return this.#isUnbounded && this.seenNow === 0;
    return this.isFull || this.last === undefined || this.seenNow === 0;
  }

  /** Where the constraint ends in time, in the column's units; Infinity where it does not. */
  get upperBound(): number {
    if (this.#time === undefined) return Number.POSITIVE_INFINITY;
    return upperTimeBound(this.#asked, pathOfTime(this.#time), this.#startedAt ?? 0, this.#units);
  }

  /** A time before all that a server may have, other than of a clock that was never set. */
  get #beginning(): number {
    return Math.floor(this.reading(0)) - 1;
  }

  get #units(): TimeUnits {
    return this.#time?.units ?? UNIX_SECONDS;
  }

  /** How many rows at the beginning of a connection, of which `time` is a piece, had come before. */
  #repeatedRows(time: Column): number {
    const last = this.last?.time;
    if (!this.#mayRepeat || last === undefined) return 0;
    let row = 0;
    for (; row < time.length; row++) {
      const value = Number(time[row]);
      // A row without a time, of those that stand before the last one or behind it.
      if (!this.#recent.isTime(value)) continue;
      if (value >= last) this.#hasMetLast = true;
      if (value === last) this.#hasPast = true;
      if (value === last && this.#repeats > 0) this.#repeats--;
      else if (!(value < last)) break;
    }
    this.#mayRepeat = row === time.length;
    return row;
  }
}

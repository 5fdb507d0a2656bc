// Detects a seam: the server started again with an earlier clock, so that its new rows are not later than the last one.

import type { Batch } from '../../model/value.ts';
import type { Address } from '../http/address.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { KnownTimes } from './known-times.ts';
import { PATIENCE, PastRows, type Probe } from './past-rows.ts';
import type { Progress } from './progress.ts';
import type { ResumeTimeFinder } from './resume-time-finder.ts';
import { isRelayed, storedUntilOf } from './server-clock.ts';

/** Seconds that the last row may be ahead of the server's clock without suspicion: a `Date` has whole seconds. */
const TOLERANCE = 3;

/** The same for a relay with stored rows: another clock stamps them, and the relay takes over no row that is earlier than its last. */
const MOST_AHEAD = 7200;

/** Seconds: more than the error of a conversion between units, and less than the microsecond between two stored rows. */
const HALF_A_MICROSECOND = 5e-7;

/** The last row is ahead of the server's clock, and the server does not send it again. */
export class ClockBehind extends Interruption {
  override readonly name = 'ClockBehind';
  /** The reading of the server's clock, in seconds since 1970. */
  readonly serverTime: number;

  constructor(serverTime: number) {
    super('the server’s clock is behind the last row');
    this.serverTime = serverTime;
  }
}

/** A seam as the state of a stream reports it; times in seconds since 1970. */
export interface Seam {
  readonly reason: string;
  /** The time of the last row before the seam. */
  readonly last: number;
  readonly serverTime: number;
}

/**
 * Suspects a seam by two signs, and asks the server for rows that have come before it believes either. One sign is a server clock
 * behind the last row (`suspectClock`); the other is a response that lacks the last row (`hasUnknownPast`).
 */
export class SeamDetector {
  readonly #progress: Progress;
  readonly #times: ResumeTimeFinder;
  readonly #past: PastRows;
  readonly #known = new KnownTimes();
  /** The wait for the last row that ran out; the next connection examines it. */
  #suspicion: ClockBehind | undefined;
  /** The server said that it does not have a row which it would still have without a seam. */
  #isProven = false;
  /** Lifts the limit on the wait for the last row. */
  #trust = (): void => {};
  /** The server had rows up to this time, in seconds since 1970, when it started: they prove nothing. */
  #storedUntil: number | undefined;
  /** The rows are those of another server, whose clock stamps them. */
  #isRelayed = false;
  /** The time of a last row that the server has, although it did not send it. */
  #unsuspected: number | undefined;

  constructor(progress: Progress, times: ResumeTimeFinder, address: Address, probe: Probe) {
    this.#progress = progress;
    this.#times = times;
    this.#past = new PastRows(address, probe);
    if (progress.last !== undefined) this.#known.add(progress.last.time);
  }

  /** Notes what the headers of a response say about the rows. */
  noteServer(headers: Headers): void {
    this.#storedUntil = storedUntilOf(headers);
    this.#isRelayed = isRelayed(headers);
  }

  /** Remembers the last row: new rows have come. */
  addLast(): void {
    this.#known.add(this.#progress.last?.time ?? 0);
  }

  /** Lifts the limit that `suspectClock` put on the wait, once the server has sent the last row again. */
  trustIfMet(): void {
    if (this.#progress.hasMetLast) this.#trust();
  }

  /** Limits the wait for the first row if the last one is ahead of the server's clock, which reads `date`. */
  async suspectClock(connection: ClientConnection, date: number): Promise<void> {
    const progress = this.#progress;
    // A relay that starts again takes over the rows behind its stored ones once more: the last row is late, not lost.
    const tolerance = this.#isRelayed && this.#storedUntil !== undefined ? MOST_AHEAD : TOLERANCE;
    const isSuspect = (): boolean =>
      progress.isResuming &&
      progress.last?.time !== this.#unsuspected &&
      progress.seconds(progress.last!.time) - date > tolerance;
    if (!isSuspect()) return;
    await this.#times.findUnits(connection);
    if (isSuspect()) this.#trust = connection.limit(PATIENCE, new ClockBehind(date));
  }

  /** Keeps the reason why a connection ended, for `examine`. */
  suspect(reason: ClockBehind): void {
    this.#suspicion = reason;
  }

  /** Has the next request ask for all rows since the server's start, unless the server still has a row of these that came before. */
  async examine(): Promise<void> {
    const { last, time } = this.#progress;
    const suspicion = this.#suspicion;
    this.#suspicion = undefined;
    if (suspicion === undefined || last === undefined || time === undefined) return;
    const stored = this.#stored;
    const known = this.#known.upTo(this.#progress.reading(suspicion.serverTime));
    const isSinceStart = known !== undefined && (stored === undefined || known > stored);
    const answer = isSinceStart ? await this.#past.ask(time, known) : 'unknown';
    if (answer === 'there') {
      this.#unsuspected = last.time;
      return;
    }
    // A relay without a history keeps none of the older rows when it starts again.
    this.#isProven = answer === 'absent' && !this.#isRelayed;
    this.#progress.startOver(stored);
  }

  /**
   * True if the server, whose rows begin before the last row, has that row after all, so that there is no seam: it was late. The
   * next request then continues after the last row.
   */
  async isLate(): Promise<boolean> {
    const { last, time } = this.#progress;
    if (this.#isProven || last === undefined || time === undefined) return false;
    if ((await this.#past.askAhead(time, last.time)) !== 'there') return false;
    this.#unsuspected = last.time;
    this.#progress.restart();
    return true;
  }

  /**
   * True if the server lacks the last row, which `batch` should begin with, but has made earlier rows since its start that have not
   * come: it started again with an earlier clock, which was corrected since then. The next request then asks for all of these. Rows
   * that were stored before the start prove nothing: a crash loses the rows behind them.
   */
  async hasUnknownPast(batch: Batch): Promise<boolean> {
    const { last, time } = this.#progress;
    if (last === undefined || time === undefined || !this.#progress.lacksLast(batch)) return false;
    // The other clauses may exclude a row that the caller has: the server is asked for the last row without them.
    const stored = this.#stored;
    if (stored !== undefined && last.time <= stored) return false;
    const known = this.#known.some.filter(value => stored === undefined || value > stored);
    if (!(await this.#past.hasOther(time, last.time, known, stored))) return false;
    this.#isProven = true;
    this.#progress.startOver(stored);
    return true;
  }

  /** Forgets known times that the attributes of the time column mark as missing values. */
  forgetMissing(): void {
    const { time, last } = this.#progress;
    this.#known.keep(value => time?.meaning?.isMissing(value) !== true);
    if (last !== undefined) this.#known.add(last.time);
  }

  /** The reading of the time column just behind the last row that was stored before the server started. */
  get #stored(): number | undefined {
    if (this.#storedUntil === undefined) return undefined;
    return this.#progress.reading(this.#storedUntil + HALF_A_MICROSECOND);
  }

  /** The seam before the rows that follow; `date` is the server's clock in seconds since 1970, if it is known. */
  begin(date: number | undefined): Seam {
    const last = this.#progress.seconds(this.#progress.last!.time);
    const reason = `the server started again with an earlier clock: its rows are not later than the last one, of ${iso(last)}`;
    this.#known.clear();
    return { reason, last, serverTime: date ?? Date.now() / 1000 };
  }
}

/** A time in ISO 8601; the number where no calendar has it. */
function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}

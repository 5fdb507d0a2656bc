// What each connection contributes to a stream: the request for what is still missing, and the rows of its response.

import { type Constraint, encodeConstraint } from '../../constraint/index.ts';
import { END_OF_RESPONSE } from '../../decode/error.ts';
import { type DecodedPart, DecodeError, type DecodeLimits, decodeStream } from '../../decode/index.ts';
import { DAP2 } from '../../formats/index.ts';
import { DapError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import { UNIX_SECONDS } from '../../model/time-units.ts';
import type { Batch } from '../../model/value.ts';
import type { DapDataset } from '../../model/variable.ts';
import { type Address, responseAddress } from '../http/address.ts';
import { Body } from '../http/body.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, isTransient, located, ResponseError, saysNoRows } from '../http/request.ts';
import { webPageInsteadOf } from '../http/web-page.ts';
import { type FollowedRows, Progress } from './progress.ts';
import type { LastRow } from './recent-times.ts';
import { describedTime, findResumeTime } from './resume-time.ts';
import { ClockBehind, dateOf, isAhead, KnownTimes, PATIENCE, PastRows, type Probe } from './seam.ts';
import { deadline, isSettled, Overdue, type Slice, Slices } from './slices.ts';

/** How many times in a row a dataset that has given rows may be refused, as by a 404, before that is believed. */
const PATIENCE_WITH_REFUSALS = 10;

/** How many times the DAS may break off before a column named time is taken for seconds since 1970. */
const PATIENCE_WITH_UNITS = 3;

/** Milliseconds in which a server has ended an answer that holds no new row, if it does not wait for one. */
const AT_ONCE = 1000;

/** What a session tells while it reads. */
type SessionState =
  | { readonly state: 'waiting' | 'connected' }
  | { readonly state: 'seam'; readonly reason: string; readonly last: number; readonly serverTime: number };

export interface SessionOptions {
  readonly limits?: Partial<DecodeLimits> | undefined;
  readonly after?: LastRow | undefined;
  readonly onState: (state: SessionState) => void;
  readonly probe: Probe;
  /** How many rows a request asks for, about, where they come faster than they are wanted; 0 for any number. */
  readonly slice: number;
}

/** One stream, over all its connections: what is asked for, and how far it has come. */
export class Session {
  readonly #address: Address;
  readonly #asked: Constraint;
  readonly #limits: Partial<DecodeLimits>;
  readonly #onState: SessionOptions['onState'];
  readonly #probe: Probe;
  readonly #past: PastRows;
  readonly #progress: Progress;
  readonly #known = new KnownTimes();
  readonly #slices: Slices;
  #isServed = false;
  /** It is known whether there is a time to resume by, and whether it has to be asked for besides. */
  #timeIsSettled = false;
  /** How many attempts in a row were refused in a way that usually lasts. */
  #missing = 0;
  /** How many times the request for the units of the time broke off. */
  #brokenUnits = 0;
  /** What the server's clock read when it kept silent about the last row; looked into by the next connection. */
  #suspicion: ClockBehind | undefined;
  /** What the server said where no row matched. */
  #refusal: unknown;
  /** The server gives what there is and ends each answer at once, as one does that serves files. */
  #isTable = false;
  /** Ends the limit of the wait for the last row. */
  #trust = (): void => {};
  /** A last row that the server has, however silent it is about it. */
  #unsuspected: number | undefined;

  constructor(address: Address, asked: Constraint, options: SessionOptions) {
    const { limits = {}, after, onState, probe, slice } = options;
    this.#address = address;
    this.#asked = asked;
    this.#limits = limits;
    this.#onState = onState;
    this.#probe = probe;
    this.#past = new PastRows(address, probe);
    this.#progress = new Progress(asked, after);
    this.#slices = new Slices(slice);
    if (after !== undefined) this.#known.add(after.time);
  }

  /** Whether the connection that was tried last has come as far as the description of its rows. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /** Whether the connection that was tried last has brought rows. */
  get hasBroughtRows(): boolean {
    return this.#progress.seenNow > 0;
  }

  /** True where `interruption` is one that will last. */
  isGivenUp({ isLasting }: Interruption): boolean {
    if (!isLasting) return false;
    this.#missing++;
    return this.#progress.seen === 0 || this.#missing > PATIENCE_WITH_REFUSALS;
  }

  /** The rows that `connection` brings. Returns why there are no more; throws an `Interruption` where there may be. */
  async *rows(connection: ClientConnection): AsyncGenerator<FollowedRows, string, undefined> {
    this.#isServed = false;
    this.#progress.restart();
    if (this.#progress.isResuming && !this.#timeIsSettled) await this.#settleTime(connection);
    if (this.#progress.isLastDoubtful) await this.#settleDoubt();
    await this.#lookIntoSuspicion();
    try {
      for (;;) {
        const reason = yield* this.#response(connection);
        if (reason !== undefined) return reason;
      }
    } catch (error) {
      if (error instanceof ClockBehind) this.#suspicion = error;
      if (error instanceof Overdue) this.#slices.overdue();
      throw error;
    }
  }

  /** The rows of one response. Returns why there are no more; undefined where another request has to be made at once. */
  async *#response(
    connection: ClientConnection,
  ): AsyncGenerator<FollowedRows, string | undefined, undefined> {
    const progress = this.#progress;
    const slice = await this.#nextSlice(connection);
    const at = responseAddress(this.#address, DAP2.dods, encodeConstraint(progress.constraint(slice?.to)));
    const response = await this.#ask(connection, at);
    if (response === 'no bounds') return undefined;
    this.#missing = 0;
    if (response === undefined) return this.#endOfNothing(connection, slice);
    const begin = Date.now();
    const date = dateOf(response.headers);
    const seen = progress.seen;
    let isInTime = (): void => {};
    let flood: FollowedRows | undefined;
    const body = new Body(connection.bytes(response), response.headers.get('content-type'));
    try {
      for await (const part of this.#parts(body, at)) {
        if (part.kind === 'dataset') {
          if (!this.#timeIsSettled && (await this.#settleTime(connection, part.dataset))) return undefined;
          progress.begin(part.dataset, at, serverTime(date));
          if (!this.#isServed) this.#onState({ state: 'waiting' });
          this.#isServed = true;
          if (slice !== undefined) isInTime = this.#limit(connection, slice);
          if (date !== undefined) await this.#suspect(connection, date);
        } else if (part.kind === 'rows') {
          if (progress.goesBack(part.batch)) this.#tellSeam(date);
          else if (await this.#hasUnknownPast(part.batch)) return undefined;
          const rows = progress.take(part.batch);
          if (progress.hasMetLast) this.#trust();
          if (rows === undefined) continue;
          // Neither the rows' way nor their consumer takes part in the wait for the next ones.
          if (slice?.isProbe === false) isInTime();
          this.#known.add(progress.last?.time ?? 0);
          if (progress.seenNow === rows.length) this.#onState({ state: 'connected' });
          if (this.#isFlooded(rows, slice)) {
            // The response is closed before its rows are handed over: that can take long.
            flood = rows;
            break;
          }
          yield rows;
          connection.throwIfClosed();
          if (slice?.isProbe === false) isInTime = this.#limit(connection, slice);
          if (progress.isFull) return 'all rows of the row range have come';
        } else if (part.kind === 'end') {
          if (this.#endsSlice(slice, progress.seen - seen)) return undefined;
          this.#isTable ||= !this.hasBroughtRows && Date.now() - begin < AT_ONCE;
          if (await this.#isOver(connection)) return 'the Sequence has come to its end';
          throw new Interruption('the server ended the Sequence');
        }
      }
    } finally {
      // The connection goes on with the next request.
      isInTime();
    }
    if (flood === undefined) throw new Interruption('the response broke off');
    yield flood;
    connection.throwIfClosed();
    return undefined;
  }

  /** How far the next request asks; undefined where it asks without an end. */
  async #nextSlice(connection: ClientConnection): Promise<Slice | undefined> {
    this.#slices.begin();
    if (!this.#slices.isNeeded) return undefined;
    await this.#settleUnits(connection);
    const { place, serverNow } = this.#progress;
    return place === undefined ? undefined : this.#slices.next(place, serverNow);
  }

  /** Breaks the connection if no more of `slice` comes in time, unless the function that it returns is called before. */
  #limit(connection: ClientConnection, slice: Slice): () => void {
    return connection.limit(deadline(slice, this.#progress.serverNow), new Overdue());
  }

  /** True where `rows`, of a request without an end, show that they come faster than their time passes. */
  #isFlooded(rows: FollowedRows, slice: Slice | undefined): boolean {
    const { last, place, time, serverNow } = this.#progress;
    if (!this.#slices.isOn || last === undefined || place === undefined) return false;
    const newest = this.#progress.seconds(last.time);
    if (slice === undefined) {
      return this.#slices.take(rows.length, newest, serverNow, time?.units !== undefined);
    }
    // A server that ignores the bound would send the same again to every request.
    if (newest >= slice.to) this.#slices.giveUp();
    return false;
  }

  /**
   * True where an answer with `count` new rows ended because the slice does, and the next one is to be asked for. Throws an
   * `Interruption` where there is nothing to be had yet.
   */
  #endsSlice(slice: Slice | undefined, count: number): boolean {
    const progress = this.#progress;
    if (slice === undefined || progress.seconds(progress.upperBound) <= slice.to) return false;
    const outcome = this.#slices.end(slice, count, progress.serverNow);
    if (isSettled(slice)) progress.passTo(slice.to);
    if (outcome === 'nothing') throw new Interruption('the server ended the Sequence');
    return true;
  }

  /** The response as it is decoded. What is wrong with it means another attempt, or an error with address and reason. */
  async *#parts(body: Body, at: string): AsyncGenerator<DecodedPart, void, undefined> {
    try {
      yield* decodeStream(body, { limits: this.#limits });
    } catch (error) {
      if (error instanceof DapError) {
        const cause = located(error, at, 200);
        // Rows came from here before it failed: the next connection shows whether it goes on.
        throw this.hasBroughtRows ? new Interruption(cause.message, { cause }) : cause;
      }
      if (!(error instanceof DecodeError || error instanceof DapSyntaxError)) throw error;
      if (body.isWebPage) throw new ResponseError(at, webPageInsteadOf(error), { status: 200, cause: error });
      // Rows came from here, so the server can do better: the next connection shows it, or fails before its first row.
      if (this.hasBroughtRows || (body.canBeCutOff && !isInTheData(error))) {
        throw new Interruption(`the response broke off: ${error.message}`, { cause: error });
      }
      throw new ResponseError(at, error.message, { status: 200, cause: error });
    }
  }

  /**
   * On the first connection: finds the time to resume by, and has it asked for besides where `served` leaves it out and the
   * dataset has it. True where the request has to be made again for that; what was served so far is of no use.
   */
  async #settleTime(connection: ClientConnection, served?: DapDataset): Promise<boolean> {
    const time = await findResumeTime(connection, this.#address, this.#asked, served);
    this.#timeIsSettled = true;
    if (time !== undefined) this.#progress.resumeBy(time);
    else if (this.#progress.isResuming) {
      throw new ResponseError(
        this.#address.base,
        'expected a column of times, by which to go on after the rows that there are, found none',
      );
    }
    return time?.isOmitted === true;
  }

  /** Asks for the units of the time, where so far only its name is known. */
  async #settleUnits(connection: ClientConnection): Promise<void> {
    const { time } = this.#progress;
    if (time === undefined || time.units !== undefined) return;
    const described = await describedTime(connection, this.#address, time).catch((error: unknown) => {
      this.#brokenUnits++;
      if (!(error instanceof Interruption) || this.#brokenUnits < PATIENCE_WITH_UNITS) throw error;
      return { ...time, units: UNIX_SECONDS };
    });
    this.#progress.resumeBy(described);
  }

  /** Asks for the units of the time, and which numbers stand for none, as far as the server tells that now. */
  async #settleDoubt(): Promise<void> {
    try {
      await this.#probe(connection => {
        connection.limit(PATIENCE, new Interruption('no attributes came'));
        return this.#settleUnits(connection);
      });
      const { time, last } = this.#progress;
      this.#known.keep(value => time?.meaning?.isMissing(value) !== true);
      if (last !== undefined) this.#known.add(last.time);
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
    }
  }

  /** Limits the wait for the first row where the last one is ahead of the server's clock, which read `date`. */
  async #suspect(connection: ClientConnection, date: number): Promise<void> {
    const progress = this.#progress;
    const isSuspect = (): boolean =>
      progress.isResuming &&
      progress.last?.time !== this.#unsuspected &&
      isAhead(progress.seconds(progress.last!.time), date);
    if (!isSuspect()) return;
    await this.#settleUnits(connection);
    if (isSuspect()) this.#trust = connection.limit(PATIENCE, new ClockBehind(date));
  }

  /** Has the next request ask for all that the server has, unless it shows that it still has a row that came before. */
  async #lookIntoSuspicion(): Promise<void> {
    const { last, time } = this.#progress;
    const suspicion = this.#suspicion;
    this.#suspicion = undefined;
    if (suspicion === undefined || last === undefined || time === undefined) return;
    const known = this.#known.upTo(this.#progress.reading(suspicion.serverTime));
    if (known !== undefined && (await this.#past.has(time, known))) this.#unsuspected = last.time;
    else this.#progress.startOver();
  }

  /**
   * True where the server does not have the last row, of which `batch` would begin with, but earlier ones that have not come: it
   * started again with an earlier clock, which was set right since then. All that it has is then asked for.
   */
  async #hasUnknownPast(batch: Batch): Promise<boolean> {
    const { last, time } = this.#progress;
    const isSuspect = !this.#isTable && this.#progress.lacksLast(batch);
    if (last === undefined || time === undefined || !isSuspect) return false;
    // A row that the caller has may be one that the other clauses leave out: the server is asked for the last one without them.
    if (!(await this.#past.hasOther(time, last.time, this.#known.some))) return false;
    this.#progress.startOver();
    return true;
  }

  /** The rows that follow are of a server whose clock was set back. */
  #tellSeam(date: number | undefined): void {
    const last = this.#progress.seconds(this.#progress.last!.time);
    const serverTime = date ?? Date.now() / 1000;
    const reason = `the server started again with an earlier clock: its rows are not later than the last one, of ${iso(last)}`;
    this.#known.clear();
    this.#onState({ state: 'seam', reason, last, serverTime });
  }

  /**
   * The response; undefined where the server says that no row matches, as ERDDAP does. 'no bounds' where the server has given rows
   * and refuses a request that differs in its bounds on time: such a server takes no selections.
   */
  async #ask(connection: ClientConnection, at: string): Promise<Response | 'no bounds' | undefined> {
    try {
      return await ask(connection, at, this.#address.headers, status => this.#isWorthRetrying(status));
    } catch (error) {
      const refusal = error instanceof Interruption ? error.cause : error;
      if (!saysNoRows(refusal)) {
        const isRefused = !(error instanceof Interruption) && isOfTheRequest(error);
        if (!isRefused || !this.#progress.addsBounds) throw error;
        this.#progress.goWithoutBounds();
        return 'no bounds';
      }
      this.#refusal = refusal;
      this.#isTable = true;
      return undefined;
    }
  }

  /** What it means that no row matched: as `#response`. */
  async #endOfNothing(connection: ClientConnection, slice: Slice | undefined): Promise<string | undefined> {
    if (!this.#timeIsSettled) await this.#settleTime(connection);
    if (this.#endsSlice(slice, 0)) return undefined;
    if (!(await this.#isOver(connection))) {
      throw new Interruption('the server has no rows yet', { cause: this.#refusal });
    }
    if (this.#progress.isResuming) return 'the Sequence has no more rows';
    throw this.#refusal;
  }

  async #isOver(connection: ClientConnection): Promise<boolean> {
    if (this.#progress.upperBound < Number.POSITIVE_INFINITY) await this.#settleUnits(connection);
    return this.#progress.isOver();
  }

  #isWorthRetrying(status: number): boolean {
    if (status !== 404) return isTransient(status);
    this.#missing++;
    return this.#progress.seen > 0 && this.#missing <= PATIENCE_WITH_REFUSALS;
  }
}

/** True where wrong bytes came in the data, so that more of them would not have helped. */
function isInTheData(error: Error): boolean {
  return error instanceof DecodeError && error.offset > 0 && error.found !== END_OF_RESPONSE;
}

/** True where another request to the same dataset may be answered: neither the dataset is gone nor the client shut out. */
function isOfTheRequest(error: unknown): boolean {
  const status = error instanceof DapError ? error.code : error instanceof ResponseError && error.status;
  return typeof status === 'number' && ![401, 403, 404, 410].includes(status);
}

/** Seconds since 1970 by the server's clock, as far as its `Date` tells: that one knows whole seconds only. */
function serverTime(date: number | undefined): number {
  const own = Date.now() / 1000;
  return date !== undefined && Math.abs(own - date) > 2 ? date : own;
}

/** A time as people read it; as a number where no calendar has it. */
function iso(seconds: number): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) ? String(seconds) : date.toISOString();
}

// Runs one stream over all its connections: requests the rows that are still missing, and passes on the rows that arrive.

import { type Constraint, type Continuations, encodeConstraint } from '../../constraint/index.ts';
import type { DecodeLimits } from '../../decode/index.ts';
import { DAP2 } from '../../formats/index.ts';
import { DapError } from '../../model/error.ts';
import { type Address, responseAddress } from '../http/address.ts';
import { Body } from '../http/body.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, isTransient, ResponseError, saysNoRows } from '../http/request.ts';
import type { FollowedRows } from './followed-rows.ts';
import type { Probe } from './past-rows.ts';
import { Progress } from './progress.ts';
import type { LastRow } from './recent-times.ts';
import { partsOf } from './response-parts.ts';
import { ResumeTimeFinder } from './resume-time-finder.ts';
import { ClockBehind, type Seam, SeamDetector } from './seam.ts';
import { dateOf, serverTime } from './server-clock.ts';
import { deadline, isSettled, Overdue, pollSlice, type Slice, Slices } from './slices.ts';

/** Refusals in a row, such as a 404, after which a dataset that has given rows counts as gone. */
const MOST_REFUSALS = 10;

/** Milliseconds within which a server ends an answer without new rows, if it does not wait for rows. */
const AT_ONCE = 1000;

/** The states that a session reports while it reads. */
type SessionState = { readonly state: 'waiting' | 'connected' } | ({ readonly state: 'seam' } & Seam);

export interface SessionOptions {
  readonly limits?: Partial<DecodeLimits> | undefined;
  readonly after?: LastRow | undefined;
  readonly continuations?: Continuations | undefined;
  readonly onState: (state: SessionState) => void;
  readonly probe: Probe;
  /** The approximate number of rows a request asks for, if rows come faster than they are read; 0 = any number. */
  readonly slice: number;
  /** Waits between two requests that end at the server's present; undefined for requests without an end. */
  readonly poll: (() => Promise<unknown>) | undefined;
}

export class Session {
  readonly #address: Address;
  readonly #limits: Partial<DecodeLimits>;
  readonly #onState: SessionOptions['onState'];
  readonly #probe: Probe;
  readonly #progress: Progress;
  readonly #times: ResumeTimeFinder;
  readonly #seams: SeamDetector;
  readonly #slices: Slices;
  readonly #poll: SessionOptions['poll'];
  /** A request of this connection has ended at the server's present. */
  #hasPolled = false;
  #isServed = false;
  /** Refusals in a row that usually last. */
  #refusals = 0;
  /** The server's message that no row matches. */
  #refusal: unknown;
  /** The server sends the rows it has and ends each answer at once, like a server of files. */
  #isTable = false;

  constructor(address: Address, asked: Constraint, options: SessionOptions) {
    const { limits = {}, after, continuations, onState, poll, probe, slice } = options;
    this.#address = address;
    this.#limits = limits;
    this.#onState = onState;
    this.#probe = probe;
    this.#progress = new Progress(asked, after, continuations);
    this.#times = new ResumeTimeFinder(address, asked, this.#progress);
    this.#seams = new SeamDetector(this.#progress, this.#times, address, probe);
    this.#slices = new Slices(slice);
    this.#poll = poll;
  }

  /** True if the server has described its rows on the last connection. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /** True if the last connection has brought rows. */
  get hasBroughtRows(): boolean {
    return this.#progress.seenNow > 0;
  }

  /** True if `interruption` will last, and the stream is to end with it. */
  isGivenUp({ isLasting }: Interruption): boolean {
    if (!isLasting) return false;
    this.#refusals++;
    return this.#progress.seen === 0 || this.#refusals > MOST_REFUSALS;
  }

  /** The rows that `connection` brings. Returns the reason why no more rows exist; throws an `Interruption` if more may exist. */
  async *rows(connection: ClientConnection): AsyncGenerator<FollowedRows, string, undefined> {
    this.#isServed = false;
    this.#hasPolled = false;
    this.#progress.restart();
    const needsTime = this.#progress.isResuming || this.#poll !== undefined;
    if (needsTime && !this.#times.isDone) await this.#times.find(connection);
    if (this.#progress.isLastDoubtful && (await this.#times.tryUnits(this.#probe)))
      this.#seams.forgetMissing();
    await this.#seams.examine();
    try {
      for (;;) {
        const reason = yield* this.#response(connection);
        if (reason !== undefined) return reason;
      }
    } catch (error) {
      if (error instanceof ClockBehind) this.#seams.suspect(error);
      if (error instanceof Overdue) this.#slices.overdue();
      throw error;
    }
  }

  /** The rows of one response. Returns the reason why no more rows exist; undefined if another request must follow at once. */
  async *#response(
    connection: ClientConnection,
  ): AsyncGenerator<FollowedRows, string | undefined, undefined> {
    const progress = this.#progress;
    const slice = await this.#nextSlice(connection);
    const at = responseAddress(this.#address, DAP2.dods, encodeConstraint(progress.constraint(slice?.to)));
    const response = await this.#ask(connection, at);
    if (response === 'no bounds') return undefined;
    this.#refusals = 0;
    if (response === undefined) return this.#endOfNothing(connection, slice);
    const begin = Date.now();
    const date = dateOf(response.headers);
    this.#seams.noteServer(response.headers);
    const seen = progress.seen;
    let isInTime = (): void => {};
    let flood: FollowedRows | undefined;
    const body = new Body(connection.bytes(response), response.headers.get('content-type'));
    try {
      for await (const part of partsOf(body, at, this.#limits, () => this.hasBroughtRows)) {
        if (part.kind === 'dataset') {
          if (!this.#times.isDone && (await this.#times.find(connection, part.dataset))) return undefined;
          progress.begin(part.dataset, at, serverTime(date));
          if (!this.#isServed) this.#onState({ state: 'waiting' });
          this.#isServed = true;
          if (slice !== undefined) isInTime = this.#limit(connection, slice);
          if (date !== undefined) await this.#seams.suspectClock(connection, date);
        } else if (part.kind === 'rows') {
          if (progress.goesBack(part.batch)) {
            if (await this.#seams.isLate()) return undefined;
            this.#onState({ state: 'seam', ...this.#seams.begin(date) });
          } else if (!this.#isTable && (await this.#seams.hasUnknownPast(part.batch))) return undefined;
          const rows = progress.take(part.batch);
          this.#seams.trustIfMet();
          if (rows === undefined) continue;
          // The time that the consumer takes does not count as a wait for the next rows.
          if (slice?.isProbe === false) isInTime();
          this.#seams.addLast();
          if (progress.seenNow === rows.length) this.#onState({ state: 'connected' });
          if (this.#isFlooded(rows, slice)) {
            // The response is closed first: the consumer may take the rows much later.
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
      // The next request uses the same connection.
      isInTime();
    }
    if (flood === undefined) throw new Interruption('the response broke off');
    yield flood;
    connection.throwIfClosed();
    return undefined;
  }

  /** The slice that the next request asks for; undefined for a request without an end. */
  async #nextSlice(connection: ClientConnection): Promise<Slice | undefined> {
    this.#slices.begin();
    const isPolled = this.#poll !== undefined && this.#slices.mayPoll;
    if (!this.#slices.isNeeded && !isPolled) return undefined;
    await this.#times.findUnits(connection);
    const { nextStart } = this.#progress;
    if (nextStart === undefined) return undefined;
    if (this.#slices.isNeeded) return this.#slices.next(nextStart, this.#progress.serverNow);
    if (this.#hasPolled) await this.#poll?.();
    connection.throwIfClosed();
    this.#hasPolled = true;
    return pollSlice(nextStart, this.#progress.serverNow);
  }

  /** Breaks the connection if no more of `slice` comes in time; the function that it returns lifts the limit. */
  #limit(connection: ClientConnection, slice: Slice): () => void {
    return connection.limit(deadline(slice, this.#progress.serverNow), new Overdue());
  }

  /** True if `rows`, of a request without an end, show that rows come faster than their time passes. */
  #isFlooded(rows: FollowedRows, slice: Slice | undefined): boolean {
    const { last, nextStart, time, serverNow } = this.#progress;
    if (!this.#slices.isOn || last === undefined || nextStart === undefined) return false;
    const newest = this.#progress.seconds(last.time);
    if (slice === undefined || (slice.isPoll === true && newest < slice.to)) {
      return this.#slices.take(rows.length, newest, serverNow, time?.units !== undefined);
    }
    // A server that ignores the bound would answer every request with the same rows.
    if (newest >= slice.to) this.#slices.giveUp();
    return false;
  }

  /**
   * True if an answer with `count` new rows ended with its slice, and the next slice can be asked for. Throws an `Interruption` if
   * the server has no more rows yet.
   */
  #endsSlice(slice: Slice | undefined, count: number): boolean {
    const progress = this.#progress;
    if (slice === undefined || progress.seconds(progress.upperBound) <= slice.to) return false;
    if (slice.isPoll === true) return true;
    const outcome = this.#slices.end(slice, count, progress.serverNow);
    if (isSettled(slice)) progress.passTo(slice.to);
    if (outcome === 'nothing') throw new Interruption('the server ended the Sequence');
    return true;
  }

  /**
   * The response; undefined if the server says that no row matches, as ERDDAP does. 'no bounds' if the server has given rows and
   * refuses a request that differs only in its bounds on time: such a server supports no selections.
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

  /** Ends a response that said that no row matches; returns and throws as `#response`. */
  async #endOfNothing(connection: ClientConnection, slice: Slice | undefined): Promise<string | undefined> {
    if (!this.#times.isDone) await this.#times.find(connection);
    if (this.#endsSlice(slice, 0)) return undefined;
    if (!(await this.#isOver(connection))) {
      throw new Interruption('the server has no rows yet', { cause: this.#refusal });
    }
    if (this.#progress.isResuming) return 'the Sequence has no more rows';
    throw this.#refusal;
  }

  async #isOver(connection: ClientConnection): Promise<boolean> {
    if (this.#progress.upperBound < Number.POSITIVE_INFINITY) await this.#times.findUnits(connection);
    return this.#progress.isOver();
  }

  #isWorthRetrying(status: number): boolean {
    if (status !== 404) return isTransient(status);
    this.#refusals++;
    return this.#progress.seen > 0 && this.#refusals <= MOST_REFUSALS;
  }
}

/** True if the refusal concerns the request: the dataset still exists, and the client is allowed to read it. */
function isOfTheRequest(error: unknown): boolean {
  const status = error instanceof DapError ? error.code : error instanceof ResponseError && error.status;
  return typeof status === 'number' && ![401, 403, 404, 410].includes(status);
}

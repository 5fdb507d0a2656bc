// How one follows a Sequence that never ends, over connections that do: an async iterator with reconnect and resume.

import { type Constraint, encodeConstraint, parseConstraint } from '../constraint/index.ts';
import { DecodeError, type DecodeLimits, decodeStream } from '../decode/index.ts';
import { DapError } from '../model/error.ts';
import { DapSyntaxError } from '../model/scan.ts';
import type { Dataset } from '../model/variable.ts';
import { type Address, parseAddress, responseAddress } from './address.ts';
import { Body } from './body.ts';
import { Connection, Interruption } from './connection.ts';
import { askDds } from './describe.ts';
import { hasTime, IncompatibleSequence, omittedTime, Progress, type Rows } from './progress.ts';
import { backOff, completeRetry, pause, type Retry } from './reconnect.ts';
import {
  ask,
  completeOptions,
  failureOf,
  isTransient,
  located,
  type RequestOptions,
  ResponseError,
} from './request.ts';

/** How many times in a row a dataset that has been there may be answered with 404 before that is believed. */
const PATIENCE_WITH_404 = 10;

/** Why a stream that waits for bytes ends when its consumer closes it. */
const CLOSED = new Error('closed by its consumer');

/** Where a stream stands; `reason` is for people. */
export type FollowState =
  /** A request is under way. `attempt` counts from 1 since the beginning, and from 1 again once rows have come. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** The server describes its rows, and none has come yet. */
  | { readonly state: 'waiting' }
  /** Rows come. */
  | { readonly state: 'connected' }
  /** The connection is gone; attempt number `attempt` follows in `delay` seconds, or when it is woken. */
  | {
      readonly state: 'reconnecting';
      readonly attempt: number;
      readonly delay: number;
      readonly reason: string;
    }
  /** No more rows will come: all have, or the stream was closed or aborted, or has failed. */
  | { readonly state: 'ended'; readonly reason: string };

export interface FollowOptions extends RequestOptions {
  /** The constraint expression, as it would stand after the `?`; in the address or here. */
  readonly constraint?: string;
  /** Is told of every change of state, in order. What it throws ends the stream. */
  readonly onState?: (state: FollowState) => void;
  /** The back-off; 0.5 s, 30 s and attempts without end for what is left out. */
  readonly retry?: Partial<Retry>;
  /**
   * Its event `wake` ends the wait for the next attempt, and has a connection that was silent for too long while the
   * machine slept taken for dead at once. A page sends one on `online`, `pageshow` and `visibilitychange`.
   */
  readonly wake?: EventTarget;
  /** What counts as a hostile response. */
  readonly limits?: Partial<DecodeLimits>;
  /** From 0 up to 1, as `Math.random`. */
  readonly random?: () => number;
}

/**
 * The rows of a remote Sequence, in batches as they arrive, over as many connections as it takes. `url` as in `describe`,
 * of a dataset with one Sequence.
 *
 * **Goes on for ever** where the constraint does not bound the Sequence: a connection that is refused, breaks, falls silent
 * or ends, the statuses 408, 425, 429 and 5xx (`Retry-After` is honoured up to an hour) lead to another attempt after
 * a full-jitter back-off. It resumes by time (`&sensor.time>LAST`) and continues a row range, so that a server with a past
 * gives each row exactly once, if its times increase strictly; a server without one goes on with its next row. The column
 * for this is the one named `time`; a projection that leaves it out is completed for the request, and the rows stay as asked
 * for. Without such a column each connection begins with the server's next row. A break before the first row repeats the
 * request as it was.
 *
 * **Ends** by itself where the constraint bounds the Sequence from above (time, or a row range): after the end marker,
 * or when the row range is full. A row range that the server ended too early is asked for once more.
 *
 * **Throws** what will not get better, with the address in the message: a `DapError` from the server, a `ResponseError` for
 * other statuses, for a body that is no data response, for a dataset without a Sequence or whose columns went away or
 * changed their type; a `ConstraintError`, `TypeError` or `RangeError` for wrong arguments. A 404 after rows have come can
 * be a server that restarts behind a proxy: it is asked again ten times, over about a minute and a half, and then thrown.
 *
 * **Is closed** by `break` and `return()`, also while it waits, and by the signal: the socket goes at once. After an abort the
 * iterator throws the signal's reason, as `fetch` does, so that an aborted stream is never taken for a complete one.
 * It reads on only as it is pulled. (Node's own `fetch` takes a body for dead after 300 s of silence, whatever `silence` is.)
 */
export function follow(url: string, options: FollowOptions = {}): AsyncGenerator<Rows, void, void> {
  const stop = new AbortController();
  const rows = run(url, options, stop);
  const close = rows.return.bind(rows);
  // A generator's own return waits for the value that is awaited; that can be a row which never comes.
  rows.return = value => {
    stop.abort(CLOSED);
    return close(value);
  };
  return rows;
}

async function* run(
  url: string,
  options: FollowOptions,
  stop: AbortController,
): AsyncGenerator<Rows, void, void> {
  const { signal, wake, onState = () => {}, random = Math.random } = options;
  const abort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  let reason = CLOSED.message;
  try {
    const retry = completeRetry(options.retry ?? {});
    const connectionOptions = { ...completeOptions(options), signal: stop.signal, wake };
    const stream = new Stream(url, options, onState);
    let attempt = 1;
    for (;;) {
      stop.signal.throwIfAborted();
      onState({ state: 'connecting', attempt });
      const connection = new Connection(connectionOptions);
      let interruption: Interruption;
      try {
        reason = yield* stream.rows(connection);
        return;
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        interruption = error;
      } finally {
        connection.close();
      }
      attempt = stream.hasRowsNow ? 1 : attempt + 1;
      if (attempt > retry.attempts) throw failureOf(interruption, stream.address);
      const delay = (interruption.retryAfter ?? 0) + backOff(attempt, retry, random);
      onState({ state: 'reconnecting', attempt, delay, reason: interruption.message });
      if (await pause(delay, stop.signal, wake)) attempt = 1;
    }
  } catch (error) {
    if (error === CLOSED) return;
    reason = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    signal?.removeEventListener('abort', abort);
    onState({ state: 'ended', reason });
  }
}

/** One stream: what is asked for, and how far it has come. */
class Stream {
  readonly #address: Address;
  readonly #asked: Constraint;
  readonly #options: FollowOptions;
  readonly #onState: (state: FollowState) => void;
  #progress: Progress;
  /** It is known whether the time has to be asked for besides. */
  #timeIsSettled = false;
  /** How many answers in a row were 404. */
  #missing = 0;

  constructor(url: string, options: FollowOptions, onState: (state: FollowState) => void) {
    this.#address = parseAddress(url, options.constraint);
    this.#asked = parseConstraint(this.#address.query);
    this.#progress = new Progress(this.#asked);
    this.#options = options;
    this.#onState = onState;
  }

  get address(): string {
    return this.#address.base;
  }

  /** Whether the connection that was tried last has brought rows. */
  get hasRowsNow(): boolean {
    return this.#progress.seenNow > 0;
  }

  /** The rows that `connection` brings. Returns why there are no more; throws an `Interruption` where there may be. */
  async *rows(connection: Connection): AsyncGenerator<Rows, string, void> {
    const progress = this.#progress;
    progress.restart();
    const at = responseAddress(this.#address, '.dods', encodeConstraint(progress.constraint()));
    const response = await ask(connection, at, this.#address.headers, status =>
      this.#isWorthRetrying(status),
    );
    this.#missing = 0;
    const body = new Body(connection.bytes(response));
    const { limits = {} } = this.#options;
    try {
      for await (const part of decodeStream(body, { limits })) {
        if (part.kind === 'dataset') {
          if (await this.#addsTime(part.dataset, connection)) break;
          progress.begin(part.dataset, serverTime(response.headers));
          this.#onState({ state: 'waiting' });
        } else if (part.kind === 'rows') {
          const rows = progress.take(part.batch);
          if (rows === undefined) continue;
          if (progress.seenNow === rows.length) this.#onState({ state: 'connected' });
          yield rows;
          connection.throwIfClosed();
          if (progress.isFull) return 'all rows of the row range have come';
        } else if (part.kind === 'end') {
          if (progress.isOver()) return 'the Sequence has come to its end';
          throw new Interruption('the server ended the Sequence');
        }
      }
    } catch (error) {
      throw this.#explained(error, at, body);
    }
    return yield* this.rows(connection);
  }

  /**
   * On the first connection: has the time asked for besides, where `served` leaves it out and the dataset has it. Then the
   * request is made again; what was served so far is of no use.
   */
  async #addsTime(served: Dataset, connection: Connection): Promise<boolean> {
    if (this.#timeIsSettled) return false;
    const time = hasTime(served) ? undefined : await this.#omittedTime(connection);
    this.#timeIsSettled = true;
    if (time !== undefined) this.#progress = new Progress(this.#asked, time);
    return time !== undefined;
  }

  async #omittedTime(connection: Connection): Promise<string | undefined> {
    if (this.#asked.projections.length === 0) return undefined;
    return omittedTime(this.#asked, await askDds(connection, this.#address, ''));
  }

  #isWorthRetrying(status: number): boolean {
    if (status !== 404) return isTransient(status);
    this.#missing++;
    return this.#progress.seen > 0 && this.#missing <= PATIENCE_WITH_404;
  }

  /** What an error in a response means: another attempt, or an end with the address and the reason. */
  #explained(error: unknown, at: string, body: Body): unknown {
    if (error instanceof DapError) return located(error, at, 200);
    if (error instanceof IncompatibleSequence) return new ResponseError(at, error.message, { cause: error });
    if (!(error instanceof DecodeError || error instanceof DapSyntaxError)) return error;
    // Rows came from here, so the server can do better: the next connection shows it, or fails before its first row.
    if (this.hasRowsNow || body.canBeCutOff) {
      return new Interruption(`the response broke off: ${error.message}`, { cause: error });
    }
    return new ResponseError(at, error.message, { status: 200, cause: error });
  }
}

/** Seconds since 1970 by the server's clock, as far as its `Date` tells: that one knows whole seconds only. */
function serverTime(headers: Headers): number {
  const own = Date.now() / 1000;
  const date = Date.parse(headers.get('date') ?? '') / 1000;
  return Math.abs(own - date) > 2 ? date : own;
}

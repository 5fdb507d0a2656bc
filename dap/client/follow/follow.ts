// Follows an endless Sequence over many connections: an async iterator that reconnects and resumes.

import {
  type Constraint,
  type Continuations,
  constraintOf,
  hasCalls,
  ROW_BY_ROW,
} from '../../constraint/index.ts';
import type { DecodeLimits } from '../../decode/index.ts';
import { onAbort } from '../../decode/on-abort.ts';
import { parseAddress } from '../http/address.ts';
import { ClientConnection, type ConnectionOptions, Interruption, Silence } from '../http/connection.ts';
import { backOff, completeRetry, pause, type Retry } from '../http/reconnect.ts';
import { completeOptions, failureOf, type RequestOptions } from '../http/request.ts';
import type { FollowedRows } from './followed-rows.ts';
import type { LastRow } from './recent-times.ts';
import { ClockBehind } from './seam.ts';
import { Session } from './session.ts';
import { Overdue } from './slices.ts';

/** The reason with which a consumer closes a stream. */
const CLOSED = new Error('closed by its consumer');

/** The state of a stream; `reason` is a text for people. */
export type FollowState =
  /** The client makes a request. `attempt` counts from 1, and from 1 again once rows have come. */
  | { readonly state: 'connecting'; readonly attempt: number }
  /** The server has described its rows, and none has come yet. */
  | { readonly state: 'waiting' }
  /** Rows come. */
  | { readonly state: 'connected' }
  /** The connection is lost; attempt number `attempt` follows in `delay` seconds, or at the event `wake`. */
  | {
      readonly state: 'reconnecting';
      readonly attempt: number;
      readonly delay: number;
      readonly reason: string;
    }
  /**
   * The server started again with an earlier clock: it has lost the row of `last`, and its new rows are not later than the rows that
   * have come. All of its new rows follow. `last` is the time of the last row before the seam, `serverTime` the reading of the
   * server's clock, both in seconds since 1970.
   */
  | {
      readonly state: 'seam';
      readonly reason: string;
      readonly last: number;
      readonly serverTime: number;
    }
  /** The stream is complete, closed, aborted or failed: no more rows come. */
  | { readonly state: 'ended'; readonly reason: string };

export interface FollowOptions extends RequestOptions {
  /** The constraint expression, as after the `?` of an address, or built in code; either here or in the address. */
  readonly constraint?: string | Constraint;
  /**
   * The last row that the caller has already: its `time` in the units of the time column, and the number of rows of exactly that time
   * (1 by default). The stream continues after these rows as if they had come on it. A row range counts the rows after them.
   */
  readonly after?: { readonly time: number; readonly count?: number };
  /**
   * The approximate number of rows that one request asks for, if rows may come faster than they are read: rows of the past, or of a
   * server that makes rows ahead of its clock or has an endless past. The request ends at a bound on time (`time>=a&time<b`). 0 = no
   * request is bounded. The default is 0 in Node, which reads a socket only as far as rows are taken, and 10,000 elsewhere, since
   * browsers other than Chromium read on without end. Not used for a constraint with a row range or a function, or without a time.
   */
  readonly slice?: number;
  /**
   * Seconds between requests that each end at the server's present, in place of one request without an end; 0, the default, for one
   * without an end. It is for a client that must not keep a connection: a browser has six to a server. Each row comes exactly once, by
   * up to these seconds later. Not used for a constraint without a lower bound on time, or with a row range or a function.
   */
  readonly poll?: number;
  /** Called at every change of state, in order. An error that it throws ends the stream. */
  readonly onState?: (state: FollowState) => void;
  /** The back-off; by default from 0.5 s to 30 s, with attempts without end. */
  readonly retry?: Partial<Retry>;
  /**
   * Its event `wake` ends the wait for the next attempt, and ends at once a connection that was silent for too long while the
   * machine slept. A page dispatches it on `online`, `pageshow` and `visibilitychange`.
   */
  readonly wake?: EventTarget;
  /** The limits beyond which a response counts as hostile. */
  readonly limits?: Partial<DecodeLimits>;
  /** A random number from 0 up to 1, by default `Math.random`. */
  readonly random?: () => number;
}

/**
 * Gives the rows of a remote Sequence in batches as they arrive, over as many connections as necessary. `url` as in `describe`, of
 * a dataset with one Sequence.
 *
 * **Continues for ever** if the constraint does not bound the Sequence. A refused, broken, silent or ended connection, and the
 * statuses 408, 425, 429 and 5xx, lead to another attempt after a full-jitter back-off (`Retry-After` is honoured up to an hour).
 * A break before the first row repeats the request unchanged.
 *
 * **Resumes by time**: by the column of numbers named `time`, else by the column whose units in the DAS count from a moment
 * (`days since 1900-01-01`). The client requests the rows from the last time on (`&sensor.time>=LAST`), drops the rows that have
 * come, and continues a row range. So each row comes exactly once, also if several rows have one time, provided that the server has
 * a past and sends its rows in the order of time. For a function that thins rows out, and for a row range with a stride, the client
 * requests `time>LAST`: a break can then lose all but the first of several rows of one time. A number that the DAS marks as missing
 * is not a time. After a break, rows without a time do not come again, and the server may leave out further ones, since they do not
 * meet `time>=LAST`. A server without a past continues with its next row. If the projection leaves the time out, the request
 * includes it and the rows do not. Without a time, each connection begins with the first row that the server sends.
 *
 * **Has a seam** if the server starts again with an earlier clock: its new rows are not later than the last one. The client
 * recognises this by the server's `Date`, or by a server that lacks the last row but has earlier rows that have not come. A server
 * that still has the last row is only late. `follow` reports the state `seam`, gives all rows that the server has made since its start, and resumes by time as before.
 *
 * **Ends** by itself if the constraint bounds the Sequence from above (time, or a row range): after the end marker, or once the row
 * range is full. If the server ends a row range too early, the client asks once more. A Sequence without a time ends with its end
 * marker. After the end of one with a time, the client asks for later rows, as for a growing file; ERDDAP's 404 for no matching row
 * means that no row exists yet.
 *
 * **Throws** errors that last, with the address in the message: a `DapError` of the server; a `ResponseError` for any other status,
 * for a body that is not a data response, and for a dataset without a Sequence or with columns that disappeared or changed their
 * type; a `ConstraintError`, `TypeError` or `RangeError` for wrong arguments. A 404 after rows have come can come from a proxy while
 * its server restarts: the client makes ten more attempts, over about a minute and a half, and then throws. It also throws the
 * lasting failures of Node's `fetch`: circular redirects or redirects away from http, an untrusted certificate, a server that speaks
 * another protocol. (A browser does not tell these failures from a server that is away.)
 *
 * **Is closed** by `break`, by `return()`, also during a wait, and by the signal: the socket is closed at once. After an abort the
 * iterator throws the signal's reason, as `fetch` does, so that an aborted stream is never taken for a complete one. The iterator
 * reads on only when it is pulled. (Node's own `fetch` ends a body after 300 s of silence, regardless of `silence`.)
 */
export function follow(
  url: string,
  options: FollowOptions = {},
): AsyncGenerator<FollowedRows, void, undefined> {
  const stop = new AbortController();
  const rows = run(url, options, stop);
  const close = rows.return.bind(rows);
  // A generator's own `return` waits for the current `next`, which may wait for a row that never comes.
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
): AsyncGenerator<FollowedRows, void, undefined> {
  const { signal, wake, onState = () => {}, random = Math.random } = options;
  const forget = onAbort(signal, cause => stop.abort(cause));
  let reason = CLOSED.message;
  try {
    const retry = completeRetry(options.retry ?? {});
    const connectionOptions = { ...completeOptions(options), signal: stop.signal, wake };
    const { constraint } = options;
    const address = parseAddress(url, typeof constraint === 'object' ? '' : constraint);
    const asked = typeof constraint === 'object' ? constraint : await constraintOf(address.query);
    const session = new Session(address, asked, {
      continuations: await continuationsOf(asked),
      limits: options.limits,
      after: completeAfter(options.after),
      onState,
      slice: completeSlice(options.slice),
      poll: completePoll(options.poll, seconds => pause(seconds, stop.signal, wake)),
      probe: work => apart(connectionOptions, work),
    });
    let attempt = 1;
    for (;;) {
      stop.signal.throwIfAborted();
      onState({ state: 'connecting', attempt });
      const connection = new ClientConnection(connectionOptions);
      let interruption: Interruption;
      try {
        reason = yield* session.rows(connection);
        return;
      } catch (error) {
        if (!(error instanceof Interruption)) throw error;
        interruption = error;
      } finally {
        connection.close();
      }
      if (interruption instanceof ClockBehind || interruption instanceof Overdue) continue;
      if (session.isGivenUp(interruption)) throw failureOf(interruption, address.base);
      // Rare rows are not a failure, and the silence has been a wait already.
      const worked = session.hasBroughtRows || (session.isServed && interruption instanceof Silence);
      attempt = worked ? 1 : attempt + 1;
      if (attempt > retry.attempts) throw failureOf(interruption, address.base);
      const delay = (interruption.retryAfter ?? 0) + backOff(attempt, retry, random);
      onState({ state: 'reconnecting', attempt, delay, reason: interruption.message });
      if (await pause(delay, stop.signal, wake)) attempt = 1;
    }
  } catch (error) {
    if (error === CLOSED) return;
    reason = error instanceof Error ? error.message : String(error);
    throw error;
  } finally {
    forget();
    onState({ state: 'ended', reason });
  }
}

/** Loads the code for functions if `asked` has one. */
async function continuationsOf(asked: Constraint): Promise<Continuations> {
  if (!hasCalls(asked)) return ROW_BY_ROW;
  return (await import('../../constraint/plan/thinned-continuation.ts')).THINNED;
}

/** The result of `work` on a connection of its own. */
async function apart<T>(
  options: ConnectionOptions,
  work: (connection: ClientConnection) => Promise<T>,
): Promise<T> {
  const connection = new ClientConnection(options);
  try {
    return await work(connection);
  } finally {
    connection.close();
  }
}

/** The rows of a slice on platforms that read on although nothing takes the bytes. */
const USUAL_SLICE = 10_000;

/** The slice with its default. Throws a `RangeError` for a slice that is not a number of rows. */
function completeSlice(slice: number | undefined): number {
  if (slice === undefined) {
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    return process?.versions?.node === undefined ? USUAL_SLICE : 0;
  }
  if (!(slice >= 0))
    throw new RangeError(`Expected slice to be a number of rows, or 0 for any number, found ${slice}`);
  return slice;
}

/** Waits until the next request is due; undefined for a request without an end. Throws a `RangeError` for a wrong number. */
function completePoll(
  seconds: number | undefined,
  wait: (seconds: number) => Promise<unknown>,
): (() => Promise<unknown>) | undefined {
  if (seconds === undefined || seconds === 0) return undefined;
  if (!(seconds > 0)) throw new RangeError(`Expected poll to be a number of seconds, found ${seconds}`);
  return () => wait(seconds);
}

/** The last row with its defaults. Throws a `RangeError` for a time or a count that no row can have. */
function completeAfter(after: FollowOptions['after']): LastRow | undefined {
  if (after === undefined) return undefined;
  const { time, count = 1 } = after;
  if (!Number.isFinite(time))
    throw new RangeError(`Expected after.time to be the time of a row, found ${time}`);
  if (!Number.isSafeInteger(count) || count < 1) {
    throw new RangeError(`Expected after.count to be a number of rows from 1 on, found ${count}`);
  }
  return { time, count };
}

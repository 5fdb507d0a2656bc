// Follows a Sequence that never ends over connections that do: an async iterator that reconnects and resumes.

import { parseConstraint } from '../../constraint/index.ts';
import type { DecodeLimits } from '../../decode/index.ts';
import { parseAddress } from '../http/address.ts';
import { ClientConnection, type ConnectionOptions, Interruption, Silence } from '../http/connection.ts';
import { backOff, completeRetry, pause, type Retry } from '../http/reconnect.ts';
import { completeOptions, failureOf, type RequestOptions } from '../http/request.ts';
import type { FollowedRows } from './followed-rows.ts';
import type { LastRow } from './recent-times.ts';
import { ClockBehind } from './seam.ts';
import { Session } from './session.ts';
import { Overdue } from './slices.ts';

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
  /**
   * The server started again with an earlier clock: it does not have the row of `last` any more, and the rows that follow are not
   * later than those that have come. All that the server has from since then follow. `last` is the time of the last row before,
   * `serverTime` what the server's clock read, both in seconds since 1970.
   */
  | {
      readonly state: 'seam';
      readonly reason: string;
      readonly last: number;
      readonly serverTime: number;
    }
  /** No more rows will come: all have, or the stream was closed or aborted, or has failed. */
  | { readonly state: 'ended'; readonly reason: string };

export interface FollowOptions extends RequestOptions {
  /** The constraint expression, as it would stand after the `?`; in the address or here. */
  readonly constraint?: string;
  /**
   * The last row that the caller has already: its `time` in the units of the column of times, and how many rows of exactly that
   * time the caller has; 1 by default. The stream goes on after these as if they had come on it. A row range counts the rows
   * after them.
   */
  readonly after?: { readonly time: number; readonly count?: number };
  /**
   * How many rows one request asks for, about, where they may come faster than they are read: of a past, of a server that makes
   * rows ahead of its clock or gives an endless past. The request ends at a bound on time (`time>=a&time<b`). 0 = no
   * request is bounded, which is the default in Node: its sockets are read only as far as the rows are taken. 10,000 elsewhere:
   * browsers other than Chromium read on without end. Not where the constraint has a row range or a function, or there is no time.
   */
  readonly slice?: number;
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
 * a full-jitter back-off. A break before the first row repeats the request as it was.
 *
 * **Resumes by time**, which is the column of numbers named `time`, else the one whose units in the DAS count from a moment
 * (`days since 1900-01-01`). It asks for the rows from the last time on (`&sensor.time>=LAST`), drops those that have come, and
 * continues a row range. So each row comes exactly once if the server has a past and gives its rows in the order of time, also
 * where several have one time. Where a function thins the rows out, or a row range has a stride, it asks for `time>LAST`: of
 * several rows of one time a break can then lose all but the first. A number that the DAS marks as missing is no
 * time. After a break rows without a time do not come again, and a server may leave out further ones, which meet no `time>=LAST`. A server without a past goes on with its next row. A projection that leaves the time out is completed for
 * the request, and the rows stay as asked for. Without a time each connection begins with what the server gives.
 *
 * **Has a seam** where the server starts again with an earlier clock: its new rows are not later than the last one. The server's
 * `Date` shows it, or that it does not have the last row any more but earlier ones that have not come. The state `seam` is told,
 * and all rows follow that the server has; after it, the stream is resumed as before.
 *
 * **Ends** by itself where the constraint bounds the Sequence from above (time, or a row range): after the end marker,
 * or when the row range is full. A row range that the server ended too early is asked for once more. A Sequence without a time ends
 * with its end marker. One with a time that ends is asked again for later rows, as a file that grows; a 404 of ERDDAP because no
 * row matches means that there are none yet.
 *
 * **Throws** what will not get better, with the address in the message: a `DapError` from the server, a `ResponseError` for
 * other statuses, for a body that is no data response, for a dataset without a Sequence or whose columns went away or
 * changed their type; a `ConstraintError`, `TypeError` or `RangeError` for wrong arguments. A 404 after rows have come can
 * be a server that restarts behind a proxy: it is asked again ten times, over about a minute and a half, and then thrown. So is what
 * Node's `fetch` says to be no matter of the moment: redirects in a circle or to no http address, a certificate that is not trusted,
 * a server that speaks something else. (A browser does not tell these from a server that is away.)
 *
 * **Is closed** by `break` and `return()`, also while it waits, and by the signal: the socket goes at once. After an abort the
 * iterator throws the signal's reason, as `fetch` does, so that an aborted stream is never taken for a complete one.
 * It reads on only as it is pulled. (Node's own `fetch` takes a body for dead after 300 s of silence, whatever `silence` is.)
 */
export function follow(
  url: string,
  options: FollowOptions = {},
): AsyncGenerator<FollowedRows, void, undefined> {
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
): AsyncGenerator<FollowedRows, void, undefined> {
  const { signal, wake, onState = () => {}, random = Math.random } = options;
  const abort = (): void => stop.abort(signal?.reason);
  signal?.addEventListener('abort', abort, { once: true });
  if (signal?.aborted === true) abort();
  let reason = CLOSED.message;
  try {
    const retry = completeRetry(options.retry ?? {});
    const connectionOptions = { ...completeOptions(options), signal: stop.signal, wake };
    const address = parseAddress(url, options.constraint);
    const session = new Session(address, parseConstraint(address.query), {
      limits: options.limits,
      after: completeAfter(options.after),
      onState,
      slice: completeSlice(options.slice),
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
      // Rows that are rare are no failure, and the silence was wait enough.
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
    signal?.removeEventListener('abort', abort);
    onState({ state: 'ended', reason });
  }
}

/** What `work` makes of a connection of its own. */
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

/** How many rows a slice has where a platform reads on though nobody takes what it reads. */
const USUAL_SLICE = 10_000;

/** The slice with its default. Throws a `RangeError` for one that is no number of rows. */
function completeSlice(slice: number | undefined): number {
  if (slice === undefined) {
    const { process } = globalThis as { process?: { versions?: { node?: string } } };
    return process?.versions?.node === undefined ? USUAL_SLICE : 0;
  }
  if (!(slice >= 0)) throw new RangeError(`Expected slice to be a number of rows, 0 for any, found ${slice}`);
  return slice;
}

/** The last row with what is left out. Throws a `RangeError` for one that no row can have. */
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

// Makes one attempt to get rows: hands its rows over, and gives it up if the server does not serve it and another attempt is left.

import { type FollowedRows, type FollowState, follow } from '../../dap/index.ts';
import { type DatasetAddress, encodedConstraint } from './address.ts';
import type { Attempt } from './attempts.ts';
import type { Description } from './describe.ts';
import { handOver } from './hand-over.ts';
import type { ServerClock } from './server-clock.ts';
import { TRUNCATED } from './server-time.ts';
import type { StreamPlace } from './stream-place.ts';
import { type StreamState, streamStateOf } from './stream-state.ts';
import { RowThrottle } from './throttle.ts';
import { type TimedRows, withTimes } from './timed-rows.ts';

/** Milliseconds that a server may be silent after a request for its past before it is asked for the next row instead. */
const PATIENCE = 15_000;

/** The silence after which a connection counts as dead: in intervals of the dataset, and at least in seconds. */
const SILENT_INTERVALS = 5;
const LEAST_SILENCE = 20;

/** Seconds between requests of a stream that may not keep a connection: half an interval of the dataset within these bounds. */
const SHORTEST_POLL = 1;
const LONGEST_POLL = 5;

/** The longest wait before the next attempt to connect, in seconds: somebody is looking. */
const LONGEST_BACK_OFF = 10;

/** Bytes of rows that one request asks for, about: an hour of 16 columns ten times a second is one answer. */
const SLICE_BYTES = 8_000_000;
const LEAST_SLICE_ROWS = 10_000;

/** The reason for which an attempt is given up. */
const REFUSED = new Error('the server does not give its past');

export interface StreamEvents {
  state(state: StreamState): void;
  /** Rows with these columns begin to come: with `isAnew` they replace those that have come, otherwise they follow them. */
  begin(rows: FollowedRows, isAnew: boolean): void;
  /** Takes rows `from` to `to - 1`, which are due. */
  rows(timed: TimedRows, from: number, to: number): void;
  /**
   * The server started again with an earlier clock: the rows that follow are not later than `last`, the time of the newest row
   * so far. The server's clock reads `serverTime`. Both in milliseconds since 1970.
   */
  seam(last: number, serverTime: number): void;
}

/** The parts of a stream that all its attempts share. */
export interface AttemptContext {
  readonly address: DatasetAddress;
  readonly description: Description;
  readonly clock: ServerClock;
  /** Its event `wake` ends the wait for the next connection. */
  readonly wake: EventTarget;
  /** Whether the stream may keep a connection. */
  readonly place: Pick<StreamPlace, 'mayStayOpen'>;
  readonly events: StreamEvents;
}

export class AttemptRun {
  readonly #context: AttemptContext;
  readonly #attempt: Attempt;
  /** True if another attempt can take its place as long as no row has come. */
  readonly #isReplaceable: boolean;
  readonly #stop = new AbortController();
  #throttle: RowThrottle;
  #hasBegun = false;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor(context: AttemptContext, attempt: Attempt, isLast: boolean) {
    this.#context = context;
    this.#attempt = attempt;
    this.#isReplaceable = !isLast;
    this.#throttle = new RowThrottle(context.clock, attempt.known);
  }

  /** Hands over all rows. False if none came and another attempt is left; rejects for an attempt that failed, and with the reason of `signal`. */
  async run(signal: AbortSignal): Promise<boolean> {
    const stop = (): void => this.#stop.abort(signal.reason);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    try {
      for await (const rows of this.#follow()) await this.#receive(rows);
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!this.#hasBegun && this.#isReplaceable) return false;
      throw error;
    } finally {
      clearTimeout(this.#patience);
      signal.removeEventListener('abort', stop);
    }
  }

  #follow(): AsyncIterable<FollowedRows> {
    const { address, wake } = this.#context;
    const { constraint, after } = this.#attempt;
    return follow(address.base, {
      constraint: typeof constraint === 'string' ? encodedConstraint({ constraint }) : constraint,
      signal: this.#stop.signal,
      wake,
      onState: state => this.#stateChanged(state),
      ...(after === undefined ? {} : { after: { time: after } }),
      poll: this.#poll,
      slice: this.#slice,
      retry: { cap: LONGEST_BACK_OFF },
      ...this.#silence,
    });
  }

  /** Seconds between requests in turns; 0 for one request without an end, which rows that are not asked for by time need too. */
  get #poll(): number {
    const { description, place } = this.#context;
    if (place.mayStayOpen || !this.#attempt.isOfPast) return 0;
    return Math.min(LONGEST_POLL, Math.max(SHORTEST_POLL, (description.interval ?? 0) / 2));
  }

  get #slice(): number {
    const { columns } = this.#context.description;
    return Math.max(LEAST_SLICE_ROWS, Math.floor(SLICE_BYTES / (8 * (columns.length + 1))));
  }

  /** Empty for a dataset that does not state its interval. */
  get #silence(): { silence?: number } {
    const { interval } = this.#context.description;
    return interval === undefined ? {} : { silence: Math.max(LEAST_SILENCE, SILENT_INTERVALS * interval) };
  }

  async #receive(rows: FollowedRows): Promise<void> {
    const { description, events } = this.#context;
    clearTimeout(this.#patience);
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      events.begin(rows, this.#attempt.isAnew);
    }
    const timed = withTimes(rows, description.time, performance.timeOrigin + performance.now());
    await handOver(timed, this.#throttle, events.rows, this.#stop.signal);
  }

  #stateChanged(state: FollowState): void {
    if (this.#stop.signal.aborted) return;
    if (state.state === 'seam') {
      this.#passSeam(state.last * 1000, state.serverTime * 1000);
      return;
    }
    const isReplaceable = this.#isReplaceable && !this.#hasBegun;
    const giveUp = (): void => this.#stop.abort(REFUSED);
    if (isReplaceable && (state.state === 'reconnecting' || state.state === 'ended')) giveUp();
    else if (state.state !== 'ended' || this.#hasBegun) this.#context.events.state(streamStateOf(state));
    if (isReplaceable && state.state === 'waiting' && this.#poll === 0) {
      // A second connection waits anew.
      clearTimeout(this.#patience);
      this.#patience = setTimeout(giveUp, PATIENCE);
    }
  }

  /** The rows that follow are stamped by another clock. */
  #passSeam(last: number, serverTime: number): void {
    const { clock, events } = this.#context;
    clock.reset();
    events.seam(last, serverTime);
    this.#throttle = new RowThrottle(clock, { server: serverTime + TRUNCATED, browser: performance.now() });
  }
}

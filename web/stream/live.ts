// The one stream of the page: it begins with the past where the server has it, rests while the page is hidden,
// goes on after the last row, and waits for rows that run ahead of the clock.

import { type FollowedRows, type FollowState, follow } from '../../dap/index.ts';
import { fromMillis } from '../../dap/model/time-units.ts';
import { type DatasetAddress, encodedConstraint } from './address.ts';
import { isBounded } from './bounded.ts';
import { ServerClock } from './clock.ts';
import type { Description } from './describe.ts';
import { nap } from './nap.ts';
import { type KnownTime, Pace } from './pace.ts';
import { plainReason } from './reason.ts';
import { askServerTime, TRUNCATED } from './server-time.ts';
import type { StreamState } from './stream-state.ts';

/** Milliseconds that a hidden page goes on reading: changing tabs and back costs nothing. */
const HIDDEN_GRACE = 10_000;

/** Milliseconds after which a server that was asked for the past, and says nothing, is asked for the present. */
const PATIENCE = 15_000;

/** Milliseconds added to the past that is asked for: clocks are told in whole seconds, and requests take time. */
const SPARE_PAST = 3000;

/** Rows are handed over for so many milliseconds before the page gets its turn. */
const TURN = 20;

/** Rows that are handed over at once, at most. */
const AT_ONCE = 1000;

/** A wait for a row that runs ahead is cut into pieces, so that the clock is asked again. */
const LONGEST_NAP = 500;

/** Seconds without a byte after which a connection is taken for dead: intervals of the dataset, and at least. */
const SILENT_INTERVALS = 5;
const LEAST_SILENCE = 20;

/** Why one way to ask for the rows is given up for another. */
const REFUSED = new Error('the server does not give its past');

export interface LiveEvents {
  connection(connection: StreamState): void;
  /** Rows in these columns begin to come: anew, from the past on, or after those that have come. */
  begin(columns: readonly string[], anew: boolean): void;
  /** The time of row `index` in milliseconds, by the server's clock; `browser` where the rows do not tell it. */
  timeOf(rows: FollowedRows, index: number, browser: number): number;
  /** Takes rows `from` to `to - 1`, which have come by `browser`. */
  rows(rows: FollowedRows, from: number, to: number, browser: number): void;
  /**
   * The server started again with an earlier clock: the rows that follow are not later than `last`, the time of the newest one
   * that has come; its clock reads `serverTime`. Both in milliseconds since 1970.
   */
  seam(last: number, serverTime: number): void;
  failed(error: unknown): void;
}

/** One way to ask for the rows. */
interface Attempt {
  readonly constraint: string;
  /** True where it asks for rows of the past too. */
  readonly past: boolean;
  /** True where its rows replace those that the page has. */
  readonly anew: boolean;
  /** What is known of the server's clock beforehand. */
  readonly known?: KnownTime;
  /** What the time column says in the newest row that the page has. */
  readonly after?: number;
}

export class Live {
  /** What time it is at the server. */
  readonly clock = new ServerClock();
  readonly #address: DatasetAddress;
  readonly #description: Description;
  readonly #events: LiveEvents;
  readonly #life = new AbortController();
  readonly #wake = new EventTarget();
  #stream = new AbortController();
  #past = 0;
  #takesPast: boolean | undefined;
  /** What the time column says in the newest row, and that in milliseconds. */
  #last: { readonly value: number; readonly time: number } | undefined;
  #resting = document.visibilityState === 'hidden';
  #rest: ReturnType<typeof setTimeout> | undefined;

  constructor(address: DatasetAddress, description: Description, events: LiveEvents) {
    this.#address = address;
    this.#description = description;
    this.#events = events;
    const { signal } = this.#life;
    document.addEventListener('visibilitychange', () => this.#see(), { signal });
    addEventListener('pageshow', () => this.#see(), { signal });
    addEventListener('pagehide', () => this.#goToRest(), { signal });
    addEventListener('online', () => this.#rouse(), { signal });
  }

  /** False where the server is known not to give its past. */
  get mayTakePast(): boolean {
    return this.#takesPast !== false;
  }

  /** Opens the stream, or another one in its place, with `past` milliseconds of the past. */
  start(past: number): void {
    this.#past = past;
    if (!this.#resting) void this.#open(signal => this.#fromThePast(signal));
  }

  /** How much of the past a stream is to begin with that is opened later. */
  remember(past: number): void {
    this.#past = past;
  }

  /** Ends the wait for the next attempt to connect. */
  wake(): void {
    this.#wake.dispatchEvent(new Event('wake'));
  }

  stop(): void {
    clearTimeout(this.#rest);
    this.#life.abort();
    this.#stream.abort();
  }

  #see(): void {
    clearTimeout(this.#rest);
    if (document.visibilityState === 'hidden') this.#rest = setTimeout(() => this.#goToRest(), HIDDEN_GRACE);
    else this.#rouse();
  }

  #goToRest(): void {
    clearTimeout(this.#rest);
    this.#resting = true;
    this.#stream.abort();
  }

  #rouse(): void {
    this.wake();
    if (!this.#resting || document.visibilityState === 'hidden') return;
    this.#resting = false;
    void this.#open(signal => this.#afterTheLast(signal));
  }

  async #open(plan: (signal: AbortSignal) => Promise<Attempt[]>): Promise<void> {
    this.#stream.abort();
    this.#stream = new AbortController();
    const { signal } = this.#stream;
    this.#events.connection({ state: 'connecting' });
    try {
      const attempts = await plan(signal);
      for (const [index, attempt] of attempts.entries()) {
        const isLast = index === attempts.length - 1;
        const taken = await this.#follow(attempt, isLast, signal);
        if (attempt.past) this.#takesPast = taken;
        if (taken) return;
      }
    } catch (error) {
      if (!signal.aborted) this.#events.failed(error);
    }
  }

  /** The ways to ask for the rows from `past` on: with the past if it can be asked for, and without. */
  async #fromThePast(signal: AbortSignal): Promise<Attempt[]> {
    const live = { constraint: this.#constraint, past: false, anew: false };
    const { time } = this.#description;
    if (time === undefined || !time.absolute || this.#isBounded) return [live];
    const known = await this.#knownTime(signal);
    const since = fromMillis(time.units, known.server - this.#past - SPARE_PAST);
    return [{ constraint: this.#selecting(`>=${since}`), past: true, anew: true, known }, live];
  }

  /** The ways to ask for the rows after the last one, or for those that are not too old to be shown. */
  async #afterTheLast(signal: AbortSignal): Promise<Attempt[]> {
    const browser = performance.now();
    const server = this.clock.now(browser);
    const isLost = server === undefined || this.#last === undefined || server - this.#last.time > this.#past;
    // Nobody has heard of the server's clock since then.
    if (isLost) this.clock.reset();
    if (isLost || this.#isBounded || this.#takesPast === false) return this.#fromThePast(signal);
    const after = this.#last!.value;
    const known = { server, browser };
    return [
      { constraint: this.#constraint, past: true, anew: false, known, after },
      { constraint: this.#constraint, past: false, anew: false },
    ];
  }

  async #knownTime(signal: AbortSignal): Promise<KnownTime> {
    const server = this.clock.now(performance.now()) ?? (await askServerTime(this.#address, signal));
    return { server, browser: performance.now() };
  }

  /** Nothing where the dataset does not say how often it has a row. */
  get #silence(): { silence?: number } {
    const { interval } = this.#description;
    return interval === undefined ? {} : { silence: Math.max(LEAST_SILENCE, SILENT_INTERVALS * interval) };
  }

  get #constraint(): string {
    const { sequence, amongOthers } = this.#description;
    return this.#address.constraint || (amongOthers ? sequence : '');
  }

  #selecting(bound: string): string {
    const { sequence, time } = this.#description;
    return `${this.#constraint}&${sequence}.${time!.name}${bound}`;
  }

  /** True where the address itself says which rows are wanted. */
  get #isBounded(): boolean {
    const { sequence, time } = this.#description;
    return isBounded(this.#address.constraint, time && `${sequence}.${time.name}`);
  }

  /** Hands over the rows of one stream to its end. False where it brings none and there is another way to ask. */
  async #follow(
    { constraint, anew, known, after }: Attempt,
    isLast: boolean,
    signal: AbortSignal,
  ): Promise<boolean> {
    const attempt = new AbortController();
    const stop = (): void => attempt.abort(signal.reason);
    signal.addEventListener('abort', stop);
    if (signal.aborted) stop();
    let pace = new Pace(this.clock, known);
    let patience: ReturnType<typeof setTimeout> | undefined;
    let begun = false;
    const onState = (state: FollowState): void => {
      if (attempt.signal.aborted) return;
      if (state.state === 'seam') {
        pace = this.#beginAnew(state.last, state.serverTime);
        return;
      }
      const maybe = !begun && !isLast;
      if (maybe && (state.state === 'reconnecting' || state.state === 'ended')) attempt.abort(REFUSED);
      else if (state.state !== 'ended' || begun) this.#events.connection(connectionOf(state));
      if (maybe && state.state === 'waiting') patience = setTimeout(() => attempt.abort(REFUSED), PATIENCE);
    };
    try {
      const encoded = encodedConstraint({ constraint });
      const options = {
        constraint: encoded,
        signal: attempt.signal,
        wake: this.#wake,
        onState,
        ...(after === undefined ? {} : { after: { time: after } }),
      };
      for await (const rows of follow(this.#address.base, { ...options, ...this.#silence })) {
        clearTimeout(patience);
        if (!begun) {
          begun = true;
          const columns = rows.sequence.fields.map(({ name }) => name);
          this.#events.begin(columns, anew);
        }
        await this.#handOver(rows, pace, attempt.signal);
      }
      return true;
    } catch (error) {
      signal.throwIfAborted();
      if (!begun && !isLast) return false;
      throw error;
    } finally {
      clearTimeout(patience);
      signal.removeEventListener('abort', stop);
    }
  }

  /** The rows that follow are stamped by another clock, in seconds since 1970: the pace of these. */
  #beginAnew(last: number, serverTime: number): Pace {
    this.clock.reset();
    this.#events.seam(last * 1000, serverTime * 1000);
    return new Pace(this.clock, { server: serverTime * 1000 + TRUNCATED, browser: performance.now() });
  }

  /** Hands over each row when it is due; the next ones are read when this is done. */
  async #handOver(rows: FollowedRows, pace: Pace, signal: AbortSignal): Promise<void> {
    let turn = performance.now() + TURN;
    for (let from = 0; from < rows.length; ) {
      const browser = performance.now();
      const [to, wait] = this.#dueRows(rows, from, pace, browser);
      if (to > from) {
        this.#events.rows(rows, from, to, browser);
        this.#note(rows, to - 1, browser);
        from = to;
      }
      if (wait > 0 || performance.now() > turn) {
        await nap(Math.min(wait, LONGEST_NAP), signal);
        turn = performance.now() + TURN;
      }
    }
  }

  /** How far the rows from `from` on are due, a few at a time, and the milliseconds until the next one is. */
  #dueRows(rows: FollowedRows, from: number, pace: Pace, browser: number): [to: number, wait: number] {
    const end = Math.min(rows.length, from + AT_ONCE);
    for (let to = from; to < end; to++) {
      const wait = pace.wait(this.#events.timeOf(rows, to, browser), browser);
      if (wait > 0) return [to, wait];
    }
    return [end, 0];
  }

  #note(rows: FollowedRows, index: number, browser: number): void {
    const { time } = this.#description;
    const place = rows.sequence.fields.findIndex(({ name }) => name === time?.name);
    if (place < 0) return;
    const value = Number(rows.columns[place]![index]);
    const at = this.#events.timeOf(rows, index, browser);
    // A row without a time is none to go on after.
    if (Number.isFinite(at)) this.#last = { value, time: at };
  }
}

function connectionOf(state: Exclude<FollowState, { state: 'seam' }>): StreamState {
  if (state.state !== 'reconnecting') return state;
  const until = performance.now() + state.delay * 1000;
  return { state: 'reconnecting', until, reason: plainReason(state.reason) };
}

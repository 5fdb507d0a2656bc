// Keeps the page's one stream open: it begins with past rows, stops while the page is hidden, and then resumes after the newest row.

import type { DatasetAddress } from './address.ts';
import { type AttemptContext, AttemptRun, type StreamEvents } from './attempt-run.ts';
import { type Attempt, AttemptPlan, type NewestRow } from './attempts.ts';
import type { Description } from './describe.ts';
import { HiddenRest } from './hidden-rest.ts';
import { ServerClock } from './server-clock.ts';
import { watchSleep } from './sleep-watch.ts';
import { StreamPlace } from './stream-place.ts';
import type { TimedRows } from './timed-rows.ts';

export interface LiveStreamEvents extends StreamEvents {
  /** No more rows will come, because of an error. */
  failed(error: unknown): void;
}

export class LiveStream {
  /** The server's time, judged by the rows that arrive. */
  readonly clock = new ServerClock();
  readonly #events: LiveStreamEvents;
  readonly #plan: AttemptPlan;
  readonly #context: AttemptContext;
  readonly #wake = new EventTarget();
  readonly #life = new AbortController();
  readonly #rest: HiddenRest;
  readonly #place: StreamPlace;
  #stream = new AbortController();
  #past = 0;
  /** Rows have come since the past was asked for. */
  #hasBegun = false;
  #newest: NewestRow | undefined;

  constructor(address: DatasetAddress, description: Description, events: LiveStreamEvents) {
    this.#events = events;
    this.#plan = new AttemptPlan(address, description, this.clock);
    this.#place = new StreamPlace(new URL(address.base).origin, () => this.#resume());
    this.#context = {
      address,
      description,
      clock: this.clock,
      wake: this.#wake,
      place: this.#place,
      events: {
        ...events,
        rows: (timed, from, to) => {
          this.#hasBegun = true;
          events.rows(timed, from, to);
          this.#note(timed, to - 1);
        },
      },
    };
    this.#rest = new HiddenRest(
      {
        rest: () => {
          this.#stream.abort();
          this.#place.leave();
        },
        resume: () => this.#resume(),
        wake: () => this.wake(),
      },
      this.#life.signal,
    );
    watchSleep(() => this.#slept(), this.#life.signal);
  }

  /** The rows that the machine slept through would look as if they were ahead of the server's clock. */
  #slept(): void {
    this.clock.reset();
    if (!this.#rest.isResting && !this.#stream.signal.aborted) this.#resume();
  }

  /** False for a server that is known not to give its past. */
  get mayGivePast(): boolean {
    return this.#plan.mayGivePast;
  }

  /** The time of the server's clock at `browser`, though no row may have come; undefined while nothing is known of it. */
  serverTime(browser: number): number | undefined {
    return this.#plan.serverTime(browser);
  }

  /** Opens the stream, or replaces the open one, with `past` milliseconds of the past. */
  start(past: number): void {
    this.#past = past;
    this.#hasBegun = false;
    if (!this.#rest.isResting) void this.#open(signal => this.#plan.fromThePast(past, signal));
  }

  /** Sets how many milliseconds of the past the next stream begins with. */
  remember(past: number): void {
    this.#past = past;
  }

  /** Ends the wait for the next attempt to connect. */
  wake(): void {
    this.#wake.dispatchEvent(new Event('wake'));
  }

  stop(): void {
    this.#life.abort();
    this.#stream.abort();
    this.#place.leave();
  }

  /** Opens the stream behind the newest row, in place of the open one. */
  #resume(): void {
    void this.#open(signal =>
      this.#hasBegun
        ? this.#plan.afterTheNewest(this.#newest, this.#past, signal)
        : this.#plan.fromThePast(this.#past, signal),
    );
  }

  async #open(plan: (signal: AbortSignal) => Promise<Attempt[]>): Promise<void> {
    this.#stream.abort();
    this.#stream = new AbortController();
    const { signal } = this.#stream;
    this.#events.state({ state: 'connecting' });
    try {
      const [attempts] = await Promise.all([plan(signal), this.#place.enter()]);
      signal.throwIfAborted();
      for (const [index, attempt] of attempts.entries()) {
        const run = new AttemptRun(this.#context, attempt, index === attempts.length - 1);
        const hasRows = await run.run(signal);
        this.#plan.note(attempt, hasRows);
        if (hasRows) break;
      }
      // The rows are complete.
      this.#stream.abort();
      this.#place.leave();
    } catch (error) {
      if (!signal.aborted) this.#events.failed(error);
    }
  }

  /** Keeps the time of row `row`, for the request after the next break. A row without a time is none to continue after. */
  #note({ times, stored }: TimedRows, row: number): void {
    const time = times[row]!;
    if (stored !== undefined && Number.isFinite(time)) this.#newest = { stored: Number(stored[row]), time };
  }
}

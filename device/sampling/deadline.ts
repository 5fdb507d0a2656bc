// Ends a read that takes too long, without counting its time in a queue behind other users of a bus.

import { type Clock, waitFor } from '../host/clock.ts';
import type { Job, QueueAccount } from '../host/read-context.ts';
import type { Sampling } from '../sensor.ts';

/** Seconds that an aborted read has to leave a bus. */
const LETTING_GO = 1;

/** Seconds that work without a deadline, such as the opening of a chip, may hold a bus. */
const LONGEST_HOLD = 10;

/** A read may take this many times its conversion time. */
const CONVERSIONS = 2;

/** The shortest time between two checks of a read that waits in a queue, in seconds. */
const SHORTEST_PAUSE = 0.05;

/** Seconds that a read may take: `usual`, or more for a long conversion. */
export function timeToRead(usual: number, { conversionTime = 0 }: Sampling = {}): number {
  return Math.max(usual, Math.ceil(CONVERSIONS * conversionTime));
}

/**
 * The deadline of a sensor, for one read after the other. A read may wait in a queue as long as the queue moves on. If the
 * job before it holds the bus past a deadline of its own, the read ends too, and its error names the holder.
 */
export class Deadline implements QueueAccount {
  /** The sensor's name, for messages. */
  readonly name: string;
  readonly #seconds: number;
  readonly #clock: Clock;
  /** The read's jobs that wait in queues; one at most for a read that does one thing at a time. */
  readonly #queued = new Set<Job>();
  /** When jobs of this sensor and of others were first seen to run, in monotonic seconds. */
  readonly #running = new WeakMap<Job, number>();
  #start = 0;
  #waited = 0;
  #waitingSince = 0;

  constructor(name: string, seconds: number, clock: Clock) {
    this.name = name;
    this.#seconds = seconds;
    this.#clock = clock;
  }

  /** Seconds that the read has waited in queues so far. */
  get waited(): number {
    return this.#waited + (this.#queued.size > 0 ? this.#clock.monotonic() - this.#waitingSince : 0);
  }

  /** Starts the deadline of a read whose context has this account. */
  begin(): void {
    this.#queued.clear();
    this.#waited = 0;
    this.#start = this.#clock.monotonic();
  }

  /**
   * Waits until `work` has settled, the read is overdue or `signal` aborts.
   * @returns one sentence that says why the read is overdue, if it is
   */
  async wait(work: Promise<unknown>, signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const now = this.#clock.monotonic();
      const left = this.#start + this.#seconds + this.waited - now;
      if (left <= 0) return this.#noAnswer;
      const holds = [...this.#queued].map(job => this.#holdBefore(job, now));
      const stuck = holds.find(({ limit }) => limit <= now);
      if (stuck !== undefined) return stuck.reason;
      // While the read waits in a queue, the time that is left stays the same.
      const pause = holds.length > 0 ? Math.max(left, SHORTEST_PAUSE) : left;
      const seconds = Math.min(pause, ...holds.map(({ limit }) => limit - now));
      if ((await waitFor(this.#clock, work, seconds, signal)) || signal.aborted) return undefined;
    }
  }

  queued(job: Job): void {
    if (this.#queued.size === 0) this.#waitingSince = this.#clock.monotonic();
    this.#queued.add(job);
  }

  begun(job: Job): void {
    this.#running.set(job, this.#clock.monotonic());
    this.#leave(job);
  }

  ended(job: Job): void {
    this.#leave(job);
  }

  hold(job: Job): { readonly since: number; readonly limit: number } | undefined {
    const since = this.#running.get(job);
    return since === undefined ? undefined : { since, limit: since + this.#seconds + LETTING_GO };
  }

  get #noAnswer(): string {
    return `no answer within ${this.#seconds} s`;
  }

  #leave(job: Job): void {
    const { waited } = this;
    if (this.#queued.delete(job) && this.#queued.size === 0) this.#waited = waited;
  }

  /** The monotonic time until which the running job may keep this job waiting, and the error after that. */
  #holdBefore({ queue, running }: Job, now: number): { readonly limit: number; readonly reason: string } {
    // Between two jobs none runs for a moment.
    if (running === undefined) return { limit: Number.POSITIVE_INFINITY, reason: '' };
    if (!this.#running.has(running)) this.#running.set(running, now);
    const seen = this.#running.get(running)!;
    const { account } = running;
    const { since, limit } = account?.hold(running) ?? { since: seen, limit: seen + LONGEST_HOLD };
    const seconds = (now - since).toFixed(1);
    if (account === this) {
      return { limit, reason: `${this.#noAnswer}: an earlier read has not ended for ${seconds} s` };
    }
    const holder = account === undefined ? 'something else' : `the sensor ${account.name}`;
    return { limit, reason: `${queue} is not free: ${holder} has held it for ${seconds} s` };
  }
}

// When has a read taken too long? Its deadline counts its own time, not that in a queue behind others who use the same bus.

import { type Clock, waitFor } from '../host/clock.ts';
import type { Job, QueueAccount } from '../host/read-context.ts';
import type { Sampling } from '../sensor.ts';

/** Who was told to stop has this many seconds to let go of a bus. */
const LETTING_GO = 1;

/** What nobody gave a deadline, such as the opening of a chip, may hold a bus for this many seconds. */
const LONGEST_HOLD = 10;

/** A read may take so many times as long as its kind says. */
const CONVERSIONS = 2;

/** A read that waits in a queue is looked after so often, in seconds, at the most. */
const SHORTEST_PAUSE = 0.05;

/** Seconds that a read may take: the usual time, or more where a reading takes long by itself. */
export function timeToRead(usual: number, { conversionTime = 0 }: Sampling = {}): number {
  return Math.max(usual, Math.ceil(CONVERSIONS * conversionTime));
}

/**
 * The deadline of a sensor, for one read after the other. A read waits in a queue for as long as that moves on; where one
 * who is before it holds the bus past a deadline of its own, the read is over too, and says who it is.
 */
export class Deadline implements QueueAccount {
  /** What a person calls the sensor. */
  readonly name: string;
  readonly #seconds: number;
  readonly #clock: Clock;
  /** The read's work that waits in queues: of a read that does one thing at a time there is one at most. */
  readonly #queued = new Set<Job>();
  /** When work of others and of its own was first known to run, in monotonic seconds. */
  readonly #running = new WeakMap<Job, number>();
  #start = 0;
  #waited = 0;
  #waitingSince = 0;

  constructor(name: string, seconds: number, clock: Clock) {
    this.name = name;
    this.#seconds = seconds;
    this.#clock = clock;
  }

  /** Seconds that the read has waited, so far, in queues. */
  get waited(): number {
    return this.#waited + (this.#queued.size > 0 ? this.#clock.monotonic() - this.#waitingSince : 0);
  }

  /** A read begins, in a context with this account. */
  begin(): void {
    this.#queued.clear();
    this.#waited = 0;
    this.#start = this.#clock.monotonic();
  }

  /**
   * Waits until `work`, which must not reject, has ended, the read is overdue or `signal` aborts.
   * @returns one sentence that says why it is overdue, where it is
   */
  async wait(work: Promise<unknown>, signal: AbortSignal): Promise<string | undefined> {
    for (;;) {
      const now = this.#clock.monotonic();
      const left = this.#start + this.#seconds + this.waited - now;
      if (left <= 0) return this.#noAnswer;
      const holds = [...this.#queued].map(job => this.#holdBefore(job, now));
      const stuck = holds.find(({ limit }) => limit <= now);
      if (stuck !== undefined) return stuck.reason;
      // In a queue the time that is left stays the same, however little it is.
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

  /** Until which monotonic time another's work may keep this job waiting, and what to say then. */
  #holdBefore({ queue, running }: Job, now: number): { readonly limit: number; readonly reason: string } {
    // Between two jobs there is none for a moment.
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

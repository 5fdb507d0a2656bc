// Reads one sensor, one read at a time: each read has a deadline, and a back-off follows each failure.

import { messageOf } from '../error-message.ts';
import { type Clock, waitFor } from '../host/clock.ts';
import type { ReadContext } from '../host/read-context.ts';
import { type ComputedSensor, isComputed, type PartialReading, type Sensor, type Values } from '../sensor.ts';
import { Deadline, timeToRead } from './deadline.ts';
import { ReadCycle } from './read-cycle.ts';
import { computedReading, readingOf } from './reading.ts';
import type { Stamp } from './row-times.ts';
import type { SensorHealth } from './sensor-health.ts';

/** A read may take as long as the interval, within these bounds, or longer if the conversion takes longer. Seconds. */
const SHORTEST_DEADLINE = 2;
const LONGEST_DEADLINE = 10;

/** Readings in a row that come too late for their rows until the sensor counts as slow. */
const LATE_IN_A_ROW = 3;

/** The back-off after a first failed read, unless the interval is longer, and the longest back-off. Seconds. */
const FIRST_BACK_OFF = 0.1;
const LONGEST_BACK_OFF = 60;

/** How long a closing reader waits for an aborted read to end, and then for the sensor to close. Seconds. */
const READ_GRACE = 0.1;
const CLOSE_GRACE = 1;

type ReadOutcome = PartialReading | { readonly error: string; readonly backOffFrom: number };

interface ReadAttempt {
  /** When it began on the monotonic clock, and, after its end, how many seconds it took and how many of them it waited in queues. */
  readonly began: number;
  took: number;
  waited: number;
  /** How many rows were made without it. */
  missed: number;
  /** Resolves with an outcome, at the deadline at the latest, or when the reader closes; undefined if there is an outcome at once. */
  decided?: Promise<void>;
  outcome: ReadOutcome | undefined;
  /** The outcome has gone into a row. */
  taken: boolean;
  /** Resolves when the sensor's `read` has ended; if it hangs, that is after the deadline or never. */
  ended?: Promise<void>;
  hasEnded: boolean;
}

export class SensorReader {
  readonly sensor: Sensor;
  readonly #health: SensorHealth;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #every: number;
  readonly #patience: number;
  readonly #deadline: Deadline;
  readonly #cycle: ReadCycle;
  #abort = new AbortController();
  #context: ReadContext;
  #read: ReadAttempt | undefined;
  #failuresInARow = 0;
  #lateInARow = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  /** @param interval seconds between rows; 0 without a schedule */
  constructor(sensor: Sensor, health: SensorHealth, clock: Clock, interval: number) {
    this.sensor = sensor;
    this.#health = health;
    this.#clock = clock;
    this.#interval = interval;
    const { sampling = {} } = sensor;
    this.#every = sampling.every ?? 0;
    const usual = Math.min(Math.max(interval, SHORTEST_DEADLINE), LONGEST_DEADLINE);
    this.#patience = timeToRead(usual, sampling);
    this.#deadline = new Deadline(sensor.name, this.#patience, clock);
    this.#context = { signal: this.#abort.signal, account: this.#deadline };
    this.#cycle = new ReadCycle(sampling, interval);
  }

  /** The monotonic time from which `begin` can start a read; infinite while a hung read has not ended. */
  get dueAt(): number {
    const read = this.#read;
    if (read === undefined || (read.taken && read.hasEnded)) return this.#retryAt;
    return read.taken ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /**
   * Begins a read for the row of this stamp, unless a read is under way, a back-off is not over or no read is due.
   * @returns a promise for the row to wait for, which does not reject; undefined if there is nothing to wait for
   */
  begin(stamp: Stamp): Promise<void> | undefined {
    if (this.#read?.taken && this.#read.hasEnded) this.#read = undefined;
    if (this.#read !== undefined) return this.#read.taken ? undefined : this.#read.decided;
    if (this.#closed !== undefined || !this.#isDue(stamp)) return undefined;
    this.#cycle.begun(stamp);
    const { sensor } = this;
    this.#read = isComputed(sensor) ? computed(sensor, stamp) : this.#start(sensor, stamp);
    return this.#read.decided;
  }

  /** The values for the row of this stamp, which is made now; undefined if the sensor has none. */
  take(stamp: Stamp): Values | undefined {
    const read = this.#read;
    if (read === undefined || read.taken) return this.#cycle.between(stamp);
    if (read.outcome === undefined) {
      read.missed++;
      return this.#cycle.between(stamp);
    }
    read.taken = true;
    if ('values' in read.outcome) {
      this.#answered(read, read.outcome, stamp);
      return read.outcome.values;
    }
    const first = Math.max(this.#interval, FIRST_BACK_OFF);
    const backOff = Math.min(first * 2 ** this.#failuresInARow, LONGEST_BACK_OFF);
    this.#failuresInARow++;
    // Half an interval less, so that jitter of a timer does not lose the slot in which the back-off ends.
    this.#retryAt = read.outcome.backOffFrom + backOff - this.#interval / 2;
    this.#cycle.forget();
    this.#lateInARow = 0;
    this.#health.keepsUp(undefined, stamp.time);
    this.#health.failed(read.outcome.error, stamp.time);
    return undefined;
  }

  /** Aborts a read that is under way and closes the sensor. Does not reject, and waits about a second for a sensor that hangs. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    const read = this.#read;
    if (read?.ended !== undefined && !read.hasEnded) await waitFor(this.#clock, read.ended, READ_GRACE);
    await closeSensor(this.sensor, this.#clock);
  }

  /** After a failure a read is due as soon as the back-off is over. */
  #isDue(stamp: Stamp): boolean {
    return this.#failuresInARow > 0 ? stamp.monotonic >= this.#retryAt : this.#cycle.isDue(stamp);
  }

  #answered(read: ReadAttempt, { values, problem }: PartialReading, { time }: Stamp): void {
    const { began, took, waited, missed } = read;
    this.#failuresInARow = 0;
    this.#lateInARow = missed > 0 && took > this.#every ? this.#lateInARow + 1 : 0;
    const isSlow = this.#lateInARow >= LATE_IN_A_ROW;
    this.#health.keepsUp(
      isSlow ? { every: Math.max(this.#every, this.#interval), takes: took, waits: waited } : undefined,
      time,
    );
    if (problem === undefined) {
      this.#health.answered(time);
      this.#cycle.keep(values, began, took, this.#patience);
    } else {
      this.#health.failed(problem, time);
      this.#cycle.forget();
    }
  }

  #start(sensor: Sensor, { monotonic: began }: Stamp): ReadAttempt {
    const { signal } = this.#abort;
    const read = newRead(began);
    const end = (outcome: ReadOutcome) => {
      read.outcome ??= outcome;
      read.hasEnded = true;
      read.took = this.#clock.monotonic() - began;
      read.waited = this.#deadline.waited;
    };
    this.#deadline.begin();
    read.ended = readingOf(sensor, this.#context).then(end, (error: unknown) =>
      end({ error: messageOf(error), backOffFrom: began }),
    );
    read.decided = this.#deadline.wait(read.ended, signal).then(error => {
      if (error === undefined || read.outcome !== undefined) return;
      read.outcome = { error, backOffFrom: this.#clock.monotonic() };
      this.#abort.abort();
      this.#abort = new AbortController();
      this.#context = { signal: this.#abort.signal, account: this.#deadline };
    });
    return read;
  }
}

function newRead(began: number): ReadAttempt {
  return { began, took: 0, waited: 0, missed: 0, outcome: undefined, taken: false, hasEnded: false };
}

/** A read of a computed sensor, which has its outcome at once. */
function computed(sensor: ComputedSensor, { monotonic, time }: Stamp): ReadAttempt {
  const read = newRead(monotonic);
  read.hasEnded = true;
  try {
    read.outcome = { values: computedReading(sensor, time) };
  } catch (error) {
    read.outcome = { error: messageOf(error), backOffFrom: monotonic };
  }
  return read;
}

/** Closes a sensor. Errors of its `close` are dropped, and a `close` that hangs is given up after a second. */
export async function closeSensor(sensor: Sensor, clock: Clock): Promise<void> {
  const closing = (async () => sensor.close())().catch(() => undefined);
  await waitFor(clock, closing, CLOSE_GRACE);
}

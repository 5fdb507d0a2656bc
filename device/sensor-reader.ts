// How one sensor is read: one read at a time, each with a deadline, a failed one tried again after a back-off.

import { type Clock, waitFor } from './clock.ts';
import { foundOf } from './found.ts';
import { IncompleteReading, isComputed, type Reading, type Sensor } from './sensor.ts';
import type { SensorHealth } from './sensor-health.ts';

/** Bounds on the time that a read may take; between them it is the interval. Seconds. */
const SHORTEST_DEADLINE = 2;
const LONGEST_DEADLINE = 10;

/** The wait after a first failed read, unless the interval is longer, and the longest wait. Seconds. */
const FIRST_BACK_OFF = 0.1;
const LONGEST_BACK_OFF = 60;

/** How long a closing reader waits for a read that was told to stop, and then for the sensor to close. Seconds. */
const READ_GRACE = 0.1;
const CLOSE_GRACE = 1;

type Outcome =
  | { readonly reading: Reading; readonly missing?: string }
  | { readonly error: string; readonly backOffFrom: number };

interface Read {
  /** Resolves when there is an outcome, at the deadline at the latest, or when the reader is closed. */
  decided: Promise<void>;
  outcome: Outcome | undefined;
  /** The outcome has gone into a row. */
  taken: boolean;
  /** Resolves when the sensor's own `read` has ended: for a hung one that is after the deadline, or never. */
  ended: Promise<void>;
  hasEnded: boolean;
}

export class SensorReader {
  readonly sensor: Sensor;
  readonly #health: SensorHealth;
  readonly #clock: Clock;
  readonly #interval: number;
  readonly #deadline: number;
  #abort = new AbortController();
  #read: Read | undefined;
  #failuresInARow = 0;
  #retryAt = Number.NEGATIVE_INFINITY;
  #closed: Promise<void> | undefined;

  /** @param interval seconds between rows; 0 is "as fast as read" */
  constructor(sensor: Sensor, health: SensorHealth, clock: Clock, interval: number) {
    this.sensor = sensor;
    this.#health = health;
    this.#clock = clock;
    this.#interval = interval;
    this.#deadline = Math.min(Math.max(interval, SHORTEST_DEADLINE), LONGEST_DEADLINE);
  }

  /** The monotonic time from which `begin` has something to wait for; infinite while a hung read has not ended. */
  get dueAt(): number {
    const read = this.#read;
    if (read === undefined || (read.taken && read.hasEnded)) return this.#retryAt;
    return read.taken ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
  }

  /**
   * Begins a read for the row of this monotonic and row time, unless one is under way or a back-off is not over.
   * @returns what the row should wait for, which does not reject; undefined where that is nothing.
   */
  begin(now: number, time: number): Promise<void> | undefined {
    if (this.#read?.taken && this.#read.hasEnded) this.#read = undefined;
    if (this.#read !== undefined) return this.#read.taken ? undefined : this.#read.decided;
    if (now < this.#retryAt || this.#closed !== undefined) return undefined;
    this.#read = this.#start(now, time);
    return this.#read.decided;
  }

  /** The values for the row of this time, which leaves now; undefined where the sensor has none. */
  take(time: number): Reading | undefined {
    const read = this.#read;
    if (read?.outcome === undefined || read.taken) return undefined;
    read.taken = true;
    if ('reading' in read.outcome) {
      const { reading, missing } = read.outcome;
      this.#failuresInARow = 0;
      if (missing === undefined) this.#health.answered(time);
      else this.#health.failed(missing, time);
      return reading;
    }
    const first = Math.max(this.#interval, FIRST_BACK_OFF);
    const backOff = Math.min(first * 2 ** this.#failuresInARow, LONGEST_BACK_OFF);
    this.#failuresInARow++;
    // Half an interval off, so that the slot in which the back-off ends is not lost to a timer's jitter.
    this.#retryAt = read.outcome.backOffFrom + backOff - this.#interval / 2;
    this.#health.failed(read.outcome.error, time);
    return undefined;
  }

  /** Stops a read that is under way and closes the sensor. Does not reject, and waits little for a sensor that hangs. */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  async #close(): Promise<void> {
    this.#abort.abort();
    const read = this.#read;
    if (read !== undefined && !read.hasEnded) await waitFor(this.#clock, read.ended, READ_GRACE);
    await closeSensor(this.sensor, this.#clock);
  }

  #start(now: number, time: number): Read {
    const { signal } = this.#abort;
    const read: Read = {
      decided: Promise.resolve(),
      outcome: undefined,
      taken: false,
      ended: Promise.resolve(),
      hasEnded: false,
    };
    const end = (outcome: Outcome) => {
      read.outcome ??= outcome;
      read.hasEnded = true;
    };
    read.ended = this.#readOnce(time, signal).then(
      reading => end({ reading }),
      (error: unknown) =>
        end(
          error instanceof IncompleteReading
            ? { reading: error.reading, missing: error.message }
            : { error: messageOf(error), backOffFrom: now },
        ),
    );
    read.decided = waitFor(this.#clock, read.ended, this.#deadline, signal).then(() => {
      if (read.outcome !== undefined || signal.aborted) return;
      const error = `no answer within ${this.#deadline} s`;
      read.outcome = { error, backOffFrom: now + this.#deadline };
      this.#abort.abort();
      this.#abort = new AbortController();
    });
    return read;
  }

  async #readOnce(time: number, signal: AbortSignal): Promise<Reading> {
    const { sensor } = this;
    if (isComputed(sensor)) {
      const failure = sensor.failure?.(time);
      if (failure !== undefined) throw new Error(failure);
      // For the row's own time, not for now, so that the row can be made again.
      const columns = sensor.channels.map(() => new Float64Array(1));
      sensor.compute(Float64Array.of(time), columns);
      return columns.map(column => column[0]!);
    }
    try {
      return wholeReading(sensor, await sensor.read(signal));
    } catch (error) {
      if (error instanceof IncompleteReading) wholeReading(sensor, error.reading);
      throw error;
    }
  }
}

/** @throws where the reading has not one number a channel: what a column would make of a text, or of null, was never measured */
export function wholeReading({ channels }: Sensor, reading: Reading): Reading {
  const { length } = reading ?? {};
  if (length !== channels.length) {
    throw new Error(
      `expected ${channels.length} values, one a channel, and found ${length ?? 'none'} in the reading`,
    );
  }
  for (let index = 0; index < length; index++) {
    if (typeof reading[index] === 'number') continue;
    throw new Error(`expected a number for ${channels[index]!.name}, and found ${foundOf(reading[index])}`);
  }
  return reading;
}

/** Closes a sensor, whatever its `close` does: errors are dropped, and one that hangs is not waited for. */
export async function closeSensor(sensor: Sensor, clock: Clock): Promise<void> {
  const closing = (async () => sensor.close())().catch(() => undefined);
  await waitFor(clock, closing, CLOSE_GRACE);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

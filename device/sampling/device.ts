// Opens the sensors of a dataset and makes rows of their readings, as async generators of batches of columns.

import { type Clock, systemClock } from '../host/clock.ts';
import { type Channel, isComputed, type Sensor, type SensorOpener } from '../sensor.ts';
import { computedRows } from './computed-rows.ts';
import type { DeviceEvent } from './events.ts';
import { openSensors } from './open-sensors.ts';
import { type ClockStep, RowTimes } from './row-times.ts';
import type { RowBatches } from './rows.ts';
import { Run } from './run.ts';
import { type Sampler, scheduledRows, successiveRows } from './sampler.ts';
import { SensorHealth, type SensorState } from './sensor-health.ts';
import { closeSensor, SensorReader } from './sensor-reader.ts';

/** Bounds on an interval that is not 0, and the smallest step of simulated time. Seconds. */
export const SHORTEST_INTERVAL = 0.001;
export const LONGEST_INTERVAL = 86_400;
const SMALLEST_STEP = 1e-6;

/** Missed slots are reported once in this many seconds at most. */
const MISSED_REPORT_INTERVAL = 60;

export interface Device {
  /** The columns of a row after `time`, in the order of the sensors. */
  readonly channels: readonly Channel[];
  /** Seconds between rows; 0 makes each row when the generator's caller takes it. */
  readonly interval: number;
  /** True where rows come on the schedule of the interval; false where each generator makes rows as fast as they are taken. */
  readonly isScheduled: boolean;
  /** The values are a pure function of time; with interval 0, time is then simulated too. */
  readonly computed: boolean;
  /** The current state of each sensor. With interval 0 it is the latest state in any generator. */
  readonly sensors: readonly SensorState[];
  /** Slots skipped because the row before was late, or the generator's caller took it late. */
  readonly missedSlots: number;
  /**
   * Seconds since the next row, or the next step of the schedule, was due: up to about a second on a busy machine. A value
   * that grows shows a stuck sampler. 0 without a schedule.
   */
  readonly lateness: number;
  /** Seconds since 1970: with interval > 0, no future row has a time before this. */
  readonly earliest: number;
  readonly clock: ClockHistory;
  /**
   * Rows, as batches of columns: a Float64Array of times (seconds since 1970, strictly increasing), then one typed
   * array per channel. They end, without an error, when `signal` aborts or the device is closed; then the sensors are
   * closed too. To stop, abort: `return()` alone takes effect only at the next row.
   *
   * With interval > 0 there is one generator at a time, which yields one row per slot of the schedule. With interval 0
   * there may be many; each opens sensors of its own and makes a batch when its caller takes one. Computed sensors then give
   * batches of up to 4096 rows in simulated time, at the multiples of the device's step from `options.from` (seconds since
   * 1970) on, or from the present time on. Other sensors give one reading per batch and ignore `from`.
   *
   * With interval > 0, rows have times after `options.after`, unless the system clock is more than an hour behind it.
   *
   * @throws if the sensors do not open, or for a second generator at an interval > 0
   */
  rows(signal: AbortSignal, options?: RowsOptions): RowBatches;
  /** Ends every generator and closes every sensor. */
  close(): Promise<void>;
}

/** The steps of the system clock since the device was opened. */
export interface ClockHistory {
  /** How many steps were found. */
  readonly steps: number;
  /** The latest steps, at most 8, the newest at the end. */
  readonly lastSteps: readonly ClockStep[];
  /** Seconds by which row time is ahead of the system clock: 0 unless that was set back. */
  readonly ahead: number;
}

export interface RowsOptions {
  /** Seconds since 1970. */
  readonly from?: number;
  /** The time of the last row of an earlier process, in seconds since 1970. */
  readonly after?: number;
}

export interface DeviceOptions {
  readonly sensors: readonly SensorOpener[];
  /** Seconds between rows, 0.001 to 86400; 0 makes each row when it is taken. */
  readonly interval: number;
  /** Seconds from row to row in simulated time; 1 by default. */
  readonly step?: number;
  readonly clock?: Clock;
  readonly onEvent?: (event: DeviceEvent) => void;
}

/**
 * Opens the sensors to learn their channels and to fail early. With interval > 0 they stay open for the first
 * generator; with interval 0 each generator opens its own.
 * @throws an error that names the wrong option, sensor or channel
 */
export async function openDevice(options: DeviceOptions): Promise<Device> {
  const { sensors: openers, interval, step = 1, clock = systemClock, onEvent = () => {} } = options;
  if (openers.length === 0) throw new Error('expected at least one sensor, found none');
  if (interval !== 0 && !(interval >= SHORTEST_INTERVAL && interval <= LONGEST_INTERVAL)) {
    throw new RangeError(
      `interval: expected 0 or ${SHORTEST_INTERVAL} to ${LONGEST_INTERVAL} seconds, found ${interval}`,
    );
  }
  if (!(step >= SMALLEST_STEP && step <= Number.MAX_SAFE_INTEGER)) {
    throw new RangeError(`step: expected at least ${SMALLEST_STEP} seconds, found ${step}`);
  }
  const sensors = await openSensors(openers, clock);
  const device = new SensorDevice({ sensors: openers, interval, step, clock, onEvent }, sensors);
  if (!device.isScheduled) await device.closeUnused();
  return device;
}

class SensorDevice implements Device {
  readonly channels: readonly Channel[];
  readonly interval: number;
  readonly isScheduled: boolean;
  readonly computed: boolean;
  readonly #openers: readonly SensorOpener[];
  readonly #step: number;
  readonly #clock: Clock;
  readonly #onEvent: (event: DeviceEvent) => void;
  readonly #times: RowTimes;
  readonly #health: readonly SensorHealth[];
  readonly #runs = new Set<Run>();
  /** The sensors that `openDevice` opened, until the first generator takes them. */
  #unused: readonly SensorReader[];
  /** Resolves when the sensors of the last generator that ended are closed. */
  #free: Promise<unknown> = Promise.resolve();
  #closed = false;
  #missedSlots = 0;
  /** When the sampler will have moved on, on the monotonic clock; infinite without a schedule. */
  #movesOnBy = Number.POSITIVE_INFINITY;
  #missedReported = { slots: 0, at: Number.NEGATIVE_INFINITY };

  constructor(options: Required<DeviceOptions>, sensors: readonly Sensor[]) {
    this.channels = sensors.flatMap(sensor => sensor.channels);
    this.interval = options.interval;
    this.isScheduled = options.interval > 0;
    this.computed = sensors.every(isComputed);
    this.#openers = options.sensors;
    this.#step = options.step;
    this.#clock = options.clock;
    this.#onEvent = options.onEvent;
    this.#times = new RowTimes(options.clock, step => this.#onEvent({ kind: 'clock-stepped', ...step }));
    const now = options.clock.wall();
    // Rows computed for each client are never read from a sensor, and cannot fail.
    const state = this.computed && !this.isScheduled ? 'ok' : 'waiting';
    this.#health = sensors.map(sensor => new SensorHealth(sensor, state, now, options.onEvent));
    this.#unused = this.#readersOf(sensors);
  }

  get sensors(): readonly SensorState[] {
    return this.#health.map(health => health.current);
  }

  get missedSlots(): number {
    return this.#missedSlots;
  }

  get clock(): ClockHistory {
    const { steps, lastSteps, ahead } = this.#times;
    return { steps, lastSteps, ahead };
  }

  get lateness(): number {
    return Math.max(0, this.#clock.monotonic() - this.#movesOnBy);
  }

  get earliest(): number {
    return this.#times.earliest;
  }

  async *rows(signal: AbortSignal, options: RowsOptions = {}): RowBatches {
    const { from, after } = options;
    if (from !== undefined && !Number.isFinite(from)) {
      throw new RangeError(`from: expected seconds since 1970, found ${from}`);
    }
    if (this.#closed) throw new Error('the device is closed');
    if (signal.aborted) return;
    if (this.isScheduled && this.#runs.size > 0) {
      throw new Error(
        `expected one generator of rows at a time at an interval of ${this.interval} s, found a second one`,
      );
    }
    const run = new Run(signal, closing => {
      this.#runs.delete(run);
      this.#free = closing;
    });
    this.#runs.add(run);
    if (this.isScheduled && after !== undefined) this.#times.follow(after);
    try {
      yield* this.#rowsOf(run, from);
    } finally {
      this.#movesOnBy = Number.POSITIVE_INFINITY;
      await run.end();
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#runs].map(run => run.end()));
    await this.closeUnused();
  }

  /** Closes the sensors that `openDevice` opened, unless a generator has taken them. */
  async closeUnused(): Promise<void> {
    const readers = this.#unused;
    this.#unused = [];
    await Promise.all(readers.map(reader => reader.close()));
  }

  async *#rowsOf(run: Run, from: number | undefined): RowBatches {
    const { signal } = run;
    const readers = await this.#openReaders(signal);
    if (!run.hold(readers)) return;
    const sensors = readers.map(reader => reader.sensor);
    const sampler: Sampler = {
      readers,
      clock: this.#clock,
      times: this.#times,
      movesOnBy: monotonic => {
        this.#movesOnBy = monotonic;
      },
    };
    if (this.isScheduled) {
      yield* scheduledRows(sampler, this.interval, slots => this.#countMissed(slots), signal);
    } else if (sensors.every(isComputed)) {
      yield* computedRows(sensors, from ?? this.#clock.wall(), this.#step, signal);
    } else {
      yield* successiveRows(sampler, signal);
    }
  }

  /** Readers for a new generator; none after an abort. */
  async #openReaders(signal: AbortSignal): Promise<readonly SensorReader[]> {
    if (this.#unused.length > 0) {
      const readers = this.#unused;
      this.#unused = [];
      return readers;
    }
    try {
      if (this.isScheduled) await this.#free;
      const sensors = await openSensors(this.#openers, this.#clock, signal);
      const layout = (channels: readonly Channel[]) =>
        channels.map(({ name, type = 'Float64', units }) => `${type} ${name} (${units})`).join(', ');
      const now = layout(sensors.flatMap(sensor => sensor.channels));
      if (now === layout(this.channels)) return this.#readersOf(sensors);
      await Promise.all(sensors.map(sensor => closeSensor(sensor, this.#clock)));
      throw new Error(
        `expected the channels that the sensors had before, ${layout(this.channels)}, found ${now}`,
      );
    } catch (error) {
      if (signal.aborted) return [];
      throw error;
    }
  }

  #readersOf(sensors: readonly Sensor[]): readonly SensorReader[] {
    return sensors.map((sensor, index) => {
      const health = this.#health[index]!;
      health.watch(sensor);
      return new SensorReader(sensor, health, this.#clock, this.interval);
    });
  }

  #countMissed(slots: number): void {
    this.#missedSlots += slots;
    const now = this.#clock.monotonic();
    if (now - this.#missedReported.at < MISSED_REPORT_INTERVAL) return;
    const missed = this.#missedSlots - this.#missedReported.slots;
    this.#missedReported = { slots: this.#missedSlots, at: now };
    this.#onEvent({ kind: 'slots-missed', time: this.#clock.wall(), missed });
  }
}

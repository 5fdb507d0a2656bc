// Makes a row whenever values come to one of the sensors of a dataset: times of arrival, a bounded queue, and the sensors' health.

import type { NumberColumn } from '../../dap/model/value.ts';
import { type Clock, nextTurn, systemClock, waitFor } from '../host/clock.ts';
import { type Channel, isPushing, type PushingSensor, type SensorOpener } from '../sensor.ts';
import { channelValue, newChannelColumn } from './columns.ts';
import type { ClockHistory } from './device.ts';
import type { DeviceEvent } from './events.ts';
import { openSensors } from './open-sensors.ts';
import { RowTimes } from './row-times.ts';
import type { RowBatches } from './rows.ts';
import { SensorHealth, type SensorState } from './sensor-health.ts';
import { closeSensor } from './sensor-reader.ts';

/** Rows that wait until the generator's caller takes them. */
const MOST_WAITING = 16_384;

/** Seconds between two looks at the health of sensors to which nothing comes. */
const LOOK = 1;

/** Dropped rows are reported once in this many seconds at most. */
const DROPPED_REPORT_INTERVAL = 60;

export interface PushedDeviceOptions {
  readonly sensors: readonly SensorOpener[];
  readonly clock?: Clock;
  readonly onEvent?: (event: DeviceEvent) => void;
  /** Rows. */
  readonly mostWaiting?: number;
}

/**
 * Opens the sensors; values that come from now on make rows.
 * @throws an error that names the wrong sensor or channel
 */
export async function openPushedDevice(options: PushedDeviceOptions): Promise<PushedDevice> {
  const { sensors: openers, clock = systemClock, onEvent = () => {}, mostWaiting = MOST_WAITING } = options;
  const sensors = await openSensors(openers, clock);
  if (sensors.every(isPushing)) return new PushedDevice(sensors, { clock, onEvent, mostWaiting });
  await Promise.all(sensors.map(sensor => closeSensor(sensor, clock)));
  const [other] = sensors.filter(sensor => !isPushing(sensor));
  throw new Error(`expected sensors to which values come by themselves, found ${other!.name}`);
}

interface WaitingRow {
  readonly time: number;
  /** What has brought its values. */
  readonly event: object;
  values: readonly number[];
}

export class PushedDevice {
  readonly channels: readonly Channel[];
  /** Seconds for which a value of each channel counts. */
  readonly maxAges: readonly number[];
  readonly #sensors: readonly PushingSensor[];
  readonly #health: readonly SensorHealth[];
  readonly #clock: Clock;
  readonly #onEvent: (event: DeviceEvent) => void;
  readonly #mostWaiting: number;
  readonly #times: RowTimes;
  readonly #unlisten: readonly (() => void)[];
  readonly #closing = new AbortController();
  #waiting: WaitingRow[] = [];
  #wake: () => void = () => {};
  /** The time of the first row that the generator's caller has not stored yet. */
  #unstored: number | undefined;
  #isRunning = false;
  #lookedAt = Number.NEGATIVE_INFINITY;
  #dropped = 0;
  #droppedEvent: object | undefined;
  #droppedReported = { rows: 0, at: Number.NEGATIVE_INFINITY };

  constructor(
    sensors: readonly PushingSensor[],
    { clock, onEvent, mostWaiting }: Required<Omit<PushedDeviceOptions, 'sensors'>>,
  ) {
    this.channels = sensors.flatMap(sensor => sensor.channels);
    this.maxAges = sensors.flatMap(({ channels, maxAge }) => channels.map(() => maxAge));
    this.#sensors = sensors;
    this.#clock = clock;
    this.#onEvent = onEvent;
    this.#mostWaiting = mostWaiting;
    this.#times = new RowTimes(clock, step => onEvent({ kind: 'clock-stepped', ...step }));
    this.#health = sensors.map(sensor => new SensorHealth(sensor, 'waiting', clock.wall(), onEvent));
    this.#unlisten = sensors.map((sensor, index) => sensor.listen(event => this.#push(index, event)));
  }

  get sensors(): readonly SensorState[] {
    return this.#health.map(({ current }) => current);
  }

  get clock(): ClockHistory {
    const { steps, lastSteps, ahead } = this.#times;
    return { steps, lastSteps, ahead };
  }

  /** Rows that were dropped because they came faster than they were taken. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Seconds since 1970: no row to come has a time before this. */
  get earliest(): number {
    return this.#unstored ?? this.#times.earliest;
  }

  /**
   * The rows, from one generator at a time: those of one turn of the event loop in a batch. They end, without an error, when `signal`
   * aborts or the device is closed. Times are after `after` (seconds since 1970), unless the system clock is more than an hour behind it.
   */
  async *rows(signal: AbortSignal, { after }: { readonly after?: number } = {}): RowBatches {
    if (this.#isRunning) throw new Error('expected one generator of rows at a time, found a second one');
    this.#isRunning = true;
    const ended = AbortSignal.any([signal, this.#closing.signal]);
    if (after !== undefined) this.#follow(after);
    try {
      while (!ended.aborted) {
        this.#look();
        const rows = this.#waiting;
        if (rows.length > 0) {
          this.#waiting = [];
          yield { length: rows.length, columns: this.#columnsOf(rows) };
          // The caller takes its next rows only after it has stored these.
          this.#unstored = this.#waiting[0]?.time;
          if (this.#unstored === undefined) this.#times.made();
        } else {
          const came = new Promise<void>(resolve => {
            this.#wake = resolve;
          });
          await waitFor(this.#clock, came, this.#lookedAt + LOOK - this.#clock.monotonic(), ended);
        }
        // Whatever came with one piece of the connection goes into one batch.
        await nextTurn();
      }
    } finally {
      this.#isRunning = false;
    }
  }

  async close(): Promise<void> {
    this.#closing.abort();
    for (const unlisten of this.#unlisten) unlisten();
    await Promise.all(this.#sensors.map(sensor => closeSensor(sensor, this.#clock)));
  }

  /** Rows come behind the last stored one, also those whose messages came before that was known. */
  #follow(after: number): void {
    if (!this.#times.mayFollow(after)) return;
    let last = after;
    this.#waiting = this.#waiting.map(row => {
      last = Math.max(row.time, (Math.round(last * 1e6) + 1) / 1e6);
      return { ...row, time: last };
    });
    this.#unstored = this.#waiting[0]?.time;
    this.#times.follow(last);
  }

  #push(index: number, event: object): void {
    const values = this.#sensors.flatMap((sensor, other) => {
      const { values, problem } = sensor.latest();
      if (other === index) this.#came(index, problem);
      return Array.from(values);
    });
    const last = this.#waiting.at(-1);
    if (last?.event === event) {
      last.values = values;
      return;
    }
    if (this.#waiting.length >= this.#mostWaiting) {
      if (event !== this.#droppedEvent) this.#countDropped();
      this.#droppedEvent = event;
      return;
    }
    const { time } = this.#times.stamp();
    this.#unstored ??= time;
    this.#waiting.push({ time, event, values });
    this.#wake();
  }

  #came(index: number, problem: string | undefined): void {
    const time = this.#clock.wall();
    if (problem === undefined) this.#health[index]!.answered(time);
    else this.#health[index]!.failed(problem, time);
  }

  /** Finds sensors to which nothing comes, or to which something can come again: once a second. */
  #look(): void {
    const now = this.#clock.monotonic();
    if (now < this.#lookedAt + LOOK) return;
    this.#lookedAt = now;
    for (const [index, sensor] of this.#sensors.entries()) {
      sensor.refresh();
      const { problem } = sensor.latest();
      const { state, lastError } = this.#health[index]!.current;
      // A silence counts once, and a sensor that has said nothing yet still waits.
      const isKnown = state === 'failing' ? problem === lastError?.message : problem === undefined;
      if (!isKnown) this.#came(index, problem);
    }
  }

  #countDropped(): void {
    this.#dropped += 1;
    const now = this.#clock.monotonic();
    if (now - this.#droppedReported.at < DROPPED_REPORT_INTERVAL) return;
    const dropped = this.#dropped - this.#droppedReported.rows;
    this.#droppedReported = { rows: this.#dropped, at: now };
    this.#onEvent({ kind: 'rows-dropped', time: this.#clock.wall(), dropped });
  }

  #columnsOf(rows: readonly WaitingRow[]): readonly NumberColumn[] {
    const times = Float64Array.from(rows, ({ time }) => time);
    return [
      times,
      ...this.channels.map((channel, index) => {
        const column = newChannelColumn(channel, rows.length);
        for (const [row, { values }] of rows.entries()) column[row] = channelValue(channel, values[index]!);
        return column;
      }),
    ];
  }
}

// How a sensor is doing: its state, kept over all its reads, and the events when that changes.

import type { DeviceEvent } from './events.ts';
import type { Sensor } from './sensor.ts';

/** How a sensor is doing at this moment. Times are in seconds since 1970. */
export interface SensorState {
  readonly name: string;
  /** The names of the columns that are without values while it fails. */
  readonly channels: readonly string[];
  readonly state: 'ok' | 'failing';
  /** Since when it has been in that state. */
  readonly since: number;
  /** How many of its reads have failed since the device was opened. */
  readonly failures: number;
  /** Why the last of them failed; kept after the sensor has come back. */
  readonly lastError: { readonly message: string; readonly time: number } | undefined;
  /** What a person should know of it though it gives values; left out where that is nothing. */
  readonly note?: string;
}

export class SensorHealth {
  #current: SensorState;
  #sensor: Sensor;
  #noted: string | undefined;
  readonly #report: (event: DeviceEvent) => void;

  constructor(sensor: Sensor, time: number, report: (event: DeviceEvent) => void) {
    this.#current = {
      name: sensor.name,
      channels: sensor.channels.map(channel => channel.name),
      state: 'ok',
      since: time,
      failures: 0,
      lastError: undefined,
    };
    this.#sensor = sensor;
    this.#report = report;
  }

  get current(): SensorState {
    const { note } = this.#sensor;
    return note === undefined ? this.#current : { ...this.#current, note };
  }

  /** From now on it is this sensor that is read: the same one, opened anew. */
  watch(sensor: Sensor): void {
    this.#sensor = sensor;
  }

  failed(message: string, time: number): void {
    const was = this.#current;
    this.#current = {
      ...was,
      state: 'failing',
      since: was.state === 'failing' ? was.since : time,
      failures: was.failures + 1,
      lastError: { message, time },
    };
    if (was.state === 'ok') this.#report({ kind: 'sensor-failing', time, sensor: was.name, error: message });
  }

  answered(time: number): void {
    const was = this.#current;
    const { note } = this.#sensor;
    if (note !== undefined && note !== this.#noted) {
      this.#noted = note;
      this.#report({ kind: 'sensor-note', time, sensor: was.name, note });
    }
    if (was.state === 'ok') return;
    this.#current = { ...was, state: 'ok', since: time };
    this.#report({ kind: 'sensor-back', time, sensor: was.name, seconds: time - was.since });
  }
}

// How a sensor is doing: its state, kept over all its reads, and the events when that changes.

import type { Sensor } from '../sensor.ts';
import type { DeviceEvent, SlowReading } from './events.ts';

/** How a sensor is doing at this moment. Times are in seconds since 1970. */
export interface SensorState {
  readonly name: string;
  /** The names of the columns that are without values while it fails. */
  readonly channels: readonly string[];
  /** `waiting`: it was not read yet. */
  readonly state: 'waiting' | 'ok' | 'failing';
  /** Since when it has been in that state. */
  readonly since: number;
  /** How many of its reads have failed since the device was opened. */
  readonly failures: number;
  /** Why the last of them failed; kept after the sensor has come back. */
  readonly lastError: { readonly message: string; readonly time: number } | undefined;
  /** What a person should know of it though it gives values; left out where that is nothing. */
  readonly note?: string;
  /** Where several readings in a row came too late for their rows; gone as soon as one is in time, or fails. */
  readonly slow?: SlowReading;
}

export class SensorHealth {
  #current: SensorState;
  #sensor: Sensor;
  #noted: string | undefined;
  readonly #report: (event: DeviceEvent) => void;
  readonly #between: SlowReading['between'];
  #slownessTold = false;

  constructor(sensor: Sensor, state: 'waiting' | 'ok', time: number, report: (event: DeviceEvent) => void) {
    this.#current = {
      name: sensor.name,
      channels: sensor.channels.map(channel => channel.name),
      state,
      since: time,
      failures: 0,
      lastError: undefined,
    };
    this.#sensor = sensor;
    this.#report = report;
    this.#between = sensor.sampling?.between ?? 'nan';
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
    if (was.state !== 'failing')
      this.#report({ kind: 'sensor-failing', time, sensor: was.name, error: message });
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
    if (was.state === 'waiting') return;
    this.#report({ kind: 'sensor-back', time, sensor: was.name, seconds: time - was.since });
  }

  /** Tells of a reading that was too late, as some before it; undefined where that is over. The first time is reported. */
  keepsUp(late: Omit<SlowReading, 'between'> | undefined, time: number): void {
    if (late === undefined && this.#current.slow === undefined) return;
    const { slow: _was, ...rest } = this.#current;
    if (late === undefined) {
      this.#current = rest;
      return;
    }
    const slow = {
      every: late.every,
      takes: inMilliseconds(late.takes),
      waits: inMilliseconds(late.waits),
      between: this.#between,
    };
    this.#current = { ...rest, slow };
    if (this.#slownessTold) return;
    this.#slownessTold = true;
    this.#report({ kind: 'sensor-slow', time, sensor: rest.name, ...slow });
  }
}

/** Seconds, rounded to whole milliseconds. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

// Keeps the state of one sensor over all its reads, and reports an event when it changes.

import type { Sensor } from '../sensor.ts';
import type { DeviceEvent, SlowReading } from './events.ts';

/** The state of a sensor. Times are in seconds since 1970. */
export interface SensorState {
  readonly name: string;
  /** The names of its columns, which have no values while it fails. */
  readonly channels: readonly string[];
  /** `waiting` until its first read has ended. */
  readonly state: 'waiting' | 'ok' | 'failing';
  /** When it entered that state. */
  readonly since: number;
  /** How many of its reads failed since the device was opened. */
  readonly failures: number;
  /** The latest failure; kept after the sensor has recovered. */
  readonly lastError: { readonly message: string; readonly time: number } | undefined;
  /** An advice about a sensor that gives values; left out if there is none. */
  readonly note?: string;
  /** Present while several readings in a row came too late for their rows; a reading in time, or a failure, ends it. */
  readonly slow?: SlowReading;
}

export class SensorHealth {
  #current: SensorState;
  #sensor: Sensor;
  #noted: string | undefined;
  readonly #report: (event: DeviceEvent) => void;
  readonly #between: SlowReading['between'];
  #isSlownessReported = false;

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

  /** Replaces the sensor by the same one, opened anew. */
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

  /** Records that readings come too late; undefined ends that. The first time is reported. */
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
    if (this.#isSlownessReported) return;
    this.#isSlownessReported = true;
    this.#report({ kind: 'sensor-slow', time, sensor: rest.name, ...slow });
  }
}

/** Seconds, rounded to whole milliseconds. */
function inMilliseconds(seconds: number): number {
  return Math.round(seconds * 1000) / 1000;
}

// Declares the events that a device reports to the log; `time` is in seconds since 1970.

import type { Sampling } from '../sensor.ts';

/** The latest reading of a sensor that is slower than the rows. */
export interface SlowReading {
  /** Configured seconds from one reading to the next: the sensor's own `every`, or the interval of the rows. */
  readonly every: number;
  /** Seconds from the beginning of the reading to its end. */
  readonly takes: number;
  /** Seconds of these that it waited for other sensors on the same bus. */
  readonly waits: number;
  /** The content of rows between two readings. */
  readonly between: NonNullable<Sampling['between']>;
}

export type DeviceEvent =
  | {
      readonly kind: 'sensor-failing';
      readonly time: number;
      readonly sensor: string;
      /** Why its first read failed; the sensor's state counts later failures. */
      readonly error: string;
    }
  | {
      readonly kind: 'sensor-back';
      readonly time: number;
      readonly sensor: string;
      /** How long it failed, in seconds. */
      readonly seconds: number;
    }
  | ({
      /** Its readings come too late for their rows; reported once. */
      readonly kind: 'sensor-slow';
      readonly time: number;
      readonly sensor: string;
    } & SlowReading)
  | {
      readonly kind: 'sensor-note';
      readonly time: number;
      readonly sensor: string;
      /** An advice about a sensor that gives values; reported when it is new. */
      readonly note: string;
    }
  | {
      readonly kind: 'clock-stepped';
      readonly time: number;
      /** By how many seconds the system clock was set, negative for back. */
      readonly seconds: number;
      /** By how many seconds row time is ahead of the system clock now. */
      readonly ahead: number;
    }
  | {
      readonly kind: 'slots-missed';
      readonly time: number;
      /** Slots skipped since the last such event; there is one a minute at most. */
      readonly missed: number;
    }
  | {
      readonly kind: 'rows-dropped';
      readonly time: number;
      /** Rows dropped since the last such event; there is one a minute at most. */
      readonly dropped: number;
    };

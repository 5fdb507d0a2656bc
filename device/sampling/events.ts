// What a device tells whoever keeps its log. `time` is in seconds since 1970.

import type { Sampling } from '../sensor.ts';

/** The last reading of a sensor that is slower than the rows. */
export interface SlowReading {
  /** Seconds from one reading to the next that were asked for: those between rows, unless it has a time of its own. */
  readonly every: number;
  /** Seconds from its beginning to its end. */
  readonly takes: number;
  /** Those of them in which it waited for others on the same bus. */
  readonly waits: number;
  /** What rows between two readings hold. */
  readonly between: NonNullable<Sampling['between']>;
}

export type DeviceEvent =
  | {
      readonly kind: 'sensor-failing';
      readonly time: number;
      readonly sensor: string;
      /** Why its first read failed; later ones are counted in the sensor's state. */
      readonly error: string;
    }
  | {
      readonly kind: 'sensor-back';
      readonly time: number;
      readonly sensor: string;
      /** For how many seconds it gave nothing. */
      readonly seconds: number;
    }
  | ({
      /** Its readings come too late for their rows: told once. */
      readonly kind: 'sensor-slow';
      readonly time: number;
      readonly sensor: string;
    } & SlowReading)
  | {
      readonly kind: 'sensor-note';
      readonly time: number;
      readonly sensor: string;
      /** What a person should know of it though it gives values; told when it is new. */
      readonly note: string;
    }
  | {
      readonly kind: 'clock-stepped';
      readonly time: number;
      /** By how many seconds the system clock was moved; negative is back. */
      readonly seconds: number;
      /** By how many seconds the rows' time is now ahead of the system clock. */
      readonly ahead: number;
    }
  | {
      readonly kind: 'slots-missed';
      readonly time: number;
      /** Slots skipped since the last such event; there is one a minute at most. */
      readonly missed: number;
    };

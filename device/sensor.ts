// Declares a sensor: named channels with units, and a read that gives one value of each.

import type { NumberColumn } from '../dap/model/value.ts';
import type { ReadContext } from './host/read-context.ts';

/** The column types that every DAP2 client reads the same way inside a Sequence. */
export const CHANNEL_TYPES = ['Float64', 'Float32', 'Int32', 'UInt32'] as const;

export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** One column that a sensor fills. */
export interface Channel {
  /** The column's name in the Sequence: a DAP2 identifier, `[A-Za-z_][A-Za-z0-9_]*`. */
  readonly name: string;
  /** Float64 by default. */
  readonly type?: ChannelType;
  /** UDUNITS spelling: `degree_Celsius`, `mV`, `percent`, `byte s-1`, `1`. */
  readonly units: string;
  /** The CF attribute `long_name`, for people. */
  readonly longName: string;
  /** The CF standard name, if CF has one. */
  readonly standardName?: string;
  /** The smallest and the largest valid value, in `units`; CF's `valid_range`. */
  readonly validRange?: readonly [low: number, high: number];
  /** The smallest step between two values, in `units`; the attribute `resolution` of OceanSITES. */
  readonly resolution?: number;
  /** The sensor's name in the configuration, if it has one; the attribute `sensor_name` of OceanSITES. */
  readonly sensorName?: string;
  /** The serial number of the chip, such as `28-0316a2794cff`; the attribute `serial_number`. */
  readonly serialNumber?: string;
  /** One more sentence about the values; the CF attribute `comment`. */
  readonly comment?: string;
}

/** One number per channel, in the order of `channels`; NaN for a channel that has no value now. */
export type Values = ArrayLike<number>;

/** Values that are incomplete for a reason that a person has to know. */
export interface PartialReading {
  /** NaN where a value is missing. */
  readonly values: Values;
  /** One sentence: why values are missing. The values go into the row, and the sensor counts as failing. */
  readonly problem?: string;
}

/** The result of `read`. */
export type Reading = Values | PartialReading;

/** A reading of either form as values and, where some are missing for a reason, the problem. */
export function partsOf(reading: Reading): PartialReading {
  return 'length' in reading ? { values: reading } : reading;
}

/** The content of rows without a new reading: no value, or the latest reading again. */
export const BETWEEN = ['nan', 'hold'] as const;

/** How often a sensor is read, and how long a reading takes. */
export interface Sampling {
  /** Seconds from the beginning of one reading to that of the next; one reading per row by default. */
  readonly every?: number;
  /** `nan` by default. */
  readonly between?: (typeof BETWEEN)[number];
  /** Seconds that a reading takes; 0 by default. */
  readonly conversionTime?: number;
}

/** A source of readings. Its opener has to close it, also after a failed read. */
export interface Sensor {
  /** Its name in health, log and page. */
  readonly name: string;
  readonly channels: readonly Channel[];
  /** One sentence of advice about a sensor that gives values; undefined if there is none. */
  readonly note?: string | undefined;
  readonly sampling?: Sampling;
  /**
   * Reads every channel once. Rejects with an error that says what was expected and what was found; the sampler turns
   * that into NaN and keeps the rows coming. The context's signal aborts when nothing waits for the reading any more; the
   * context goes on to each bus that the reading waits for, so that its deadline leaves that time out.
   */
  read(context: ReadContext): Promise<Reading>;
  close(): Promise<void>;
}

/**
 * A sensor whose values are a pure function of time, so that rows can be made as fast as a client takes them, and the same
 * rows again: a simulation.
 */
export interface ComputedSensor extends Sensor {
  /** Fills `columns`, one per channel, with the values at `times` (seconds since 1970). Same times, same values. */
  compute(times: Float64Array, columns: readonly NumberColumn[]): void;
  /** Why it fails at a time (seconds since 1970), at which `compute` gives NaN; undefined if it does not fail. */
  failure?(time: number): string | undefined;
}

export function isComputed(sensor: Sensor): sensor is ComputedSensor {
  return 'compute' in sensor;
}

/** A sensor to which values come by themselves, such as the messages of a broker. It reconnects by itself: its `read` does not reject. */
export interface PushingSensor extends Sensor {
  /** Seconds after which a value counts no longer. */
  readonly maxAge: number;
  /** The values that count at this moment. */
  latest(): PartialReading;
  /**
   * Calls `onPush` whenever values have come, or have stopped counting. Sensors whose values came with one event are called in one go, with
   * the same `event`.
   * @returns a function that ends it
   */
  listen(onPush: (event: object) => void): () => void;
  /** One sentence about values that have never come, though nothing is known to be wrong; undefined once some have. */
  awaited(): string | undefined;
  /** Takes the values that are there by now: a simulation makes them when it is asked. */
  refresh(): void;
}

export function isPushing(sensor: Sensor): sensor is PushingSensor {
  return 'listen' in sensor;
}

/** Opens a sensor. Missing hardware shows here or in `read`, not before. */
export type SensorOpener = () => Promise<Sensor>;

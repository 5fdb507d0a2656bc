// What a sensor is: named channels with units, and a way to read one value of each.

import type { NumberColumn } from '../dap/model/value.ts';
import type { ReadContext } from './host/read-context.ts';

/** The column types that every DAP2 client reads alike inside a Sequence. */
export const CHANNEL_TYPES = ['Float64', 'Float32', 'Int32', 'UInt32'] as const;

export type ChannelType = (typeof CHANNEL_TYPES)[number];

/** One column that a sensor fills. */
export interface Channel {
  /** The column's name in the Sequence: a DAP2 identifier, `[A-Za-z_][A-Za-z0-9_]*`. */
  readonly name: string;
  /** Float64 where it is left out. */
  readonly type?: ChannelType;
  /** UDUNITS spelling: `degree_Celsius`, `mV`, `percent`, `byte s-1`, `1`. */
  readonly units: string;
  /** What a person calls it; the CF attribute `long_name`. */
  readonly longName: string;
  /** The CF standard name, where CF has one. */
  readonly standardName?: string;
  /** The smallest and the largest value that can be right, in `units`; CF's `valid_range`. */
  readonly validRange?: readonly [low: number, high: number];
  /** The smallest step between two values, in `units`; the attribute `resolution` of OceanSITES. */
  readonly resolution?: number;
  /** The sensor's own name, where the configuration gives it one; the attribute `sensor_name` of OceanSITES. */
  readonly sensorName?: string;
  /** What the maker calls this one chip, such as `28-0316a2794cff`; the attribute `serial_number`. */
  readonly serialNumber?: string;
  /** What else one has to know of the values, in a sentence; the CF attribute `comment`. */
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

/** What rows hold for which there is no new reading: no value, or the latest reading once more. */
export const BETWEEN = ['nan', 'hold'] as const;

/** How a sensor wants to be sampled, where that is not once a row. */
export interface Sampling {
  /** Seconds from the beginning of one reading to that of the next; with each row where it is left out. */
  readonly every?: number;
  /** `nan` where it is left out. */
  readonly between?: (typeof BETWEEN)[number];
  /** Seconds that a reading takes; 0 where it is left out. */
  readonly conversionTime?: number;
}

/** A source of readings. Whoever opens it closes it, also after a failed read. */
export interface Sensor {
  /** What the sensor is called in health, log and page. */
  readonly name: string;
  readonly channels: readonly Channel[];
  /** What a person should know of it though it gives values: one sentence; undefined where that is nothing. */
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
 * A sensor whose values are a pure function of time, so that rows can be made as fast as they are asked for, and made
 * again: a simulation, a recording.
 */
export interface ComputedSensor extends Sensor {
  /** Fills `columns`, one a channel, with the values at `times` (seconds since 1970). Same times, same values. */
  compute(times: Float64Array, columns: readonly NumberColumn[]): void;
  /** Why it has no values at a time, where that is a failure: `compute` gives NaN then, and its state tells of it. */
  failure?(time: number): string | undefined;
}

export function isComputed(sensor: Sensor): sensor is ComputedSensor {
  return 'compute' in sensor;
}

/** Opens a sensor: everything that can fail for want of hardware happens here or in `read`, nothing before. */
export type SensorOpener = () => Promise<Sensor>;

// Defines a sensor kind: its options, channels, opening, simulation and finding; and the host through which it reaches the machine.

import type { z } from 'zod';
import { type Clock, systemClock } from './host/clock.ts';
import type { GpioLines } from './host/gpio/gpio.ts';
import { linuxGpio } from './host/gpio/gpio-lines.ts';
import type { I2cBuses } from './host/i2c/i2c.ts';
import { i2cBuses } from './host/i2c/i2c-bus.ts';
import { linuxI2c } from './host/i2c/i2c-linux.ts';
import { listI2cBuses } from './host/i2c/i2c-list.ts';
import type { KernelFiles } from './host/kernel-files.ts';
import { machineFiles } from './host/machine-files.ts';
import { type MqttBrokers, mqttBrokers } from './host/mqtt/brokers.ts';
import { type OneWire, oneWire } from './host/one-wire.ts';
import { PulseCounts } from './host/pulse-counts.ts';
import { type Serial, serialQueues } from './host/serial.ts';
import type { Channel, Sensor } from './sensor.ts';

/** The parts of the machine that sensors use. Tests and simulations replace them. */
export interface SensorHost {
  readonly files: KernelFiles;
  readonly clock: Clock;
  readonly i2c: I2cBuses;
  readonly gpio: GpioLines;
  readonly buses: {
    /** Queues for resources with one user at a time: `i2c-1`, `i2c-1:0x48`, `1-wire`. */
    readonly serial: Serial;
  };
  /** The thermometers behind `files`. */
  readonly oneWire: OneWire;
  /** The brokers of MQTT, to each of which all sensors have one connection. */
  readonly mqtt: MqttBrokers;
  /** Pulse counts, which survive the closing and reopening of the sensor that counts. */
  readonly pulseCounts: PulseCounts;
  /** The seed of simulated values, a whole number from 0 to 4294967295. */
  readonly seed: number;
}

/** The machine itself; `seed` is for the kinds that are always simulated. */
export function thisHost(seed: number): SensorHost {
  const files = machineFiles();
  const clock = systemClock;
  const serial = serialQueues();
  return {
    files,
    clock,
    i2c: i2cBuses({ openAdapter: linuxI2c(), list: () => listI2cBuses(files), serial, clock }),
    gpio: linuxGpio(clock),
    buses: { serial },
    oneWire: oneWire({ files, serial, clock }),
    mqtt: mqttBrokers(),
    pulseCounts: new PulseCounts(),
    seed,
  };
}

/** `kernel-files` are below /proc and /sys; `files` are written by other programs. */
export const NEEDS = ['kernel-files', '1-wire', 'i2c', 'gpio', 'iio', 'files', 'network'] as const;

/** A part of the machine that a kind needs. */
export type Need = (typeof NEEDS)[number];

/** The options of one sensor as its kind's schema gives them, defaults filled in. */
export type OptionsOf<Schema extends z.ZodObject> = z.output<Schema>;

/** An attached sensor, and the configuration entry for it. */
export interface FoundSensor {
  /** Its options, without those that have their default value. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A name for it if several of its kind can be attached: a DAP2 identifier. */
  readonly name?: string;
  /** A readable name that tells it from others of its kind, as a person would call it: `DS18B20 ...4d49`. */
  readonly title?: string;
  /** A description to recognise it by: `cpu-thermal, 48.3 degree_Celsius`. */
  readonly note?: string;
  /** The bus on which its conversions run at the same time as those of others; undefined if each has its own turn. */
  readonly convertsWith?: string;
}

/**
 * A kind of sensor. Only `open`, `find` and the sensor that `open` returns touch hardware, and only through the host. `i2cKind` makes the
 * kind of a chip on I2C.
 */
export interface SensorKind<Schema extends z.ZodObject = z.ZodObject> {
  /** The name after `kind:` in a configuration: lower-case letters, digits and `-`. */
  readonly name: string;
  /** For lists and docs, and for the attribute `source` of datasets. */
  readonly title: string;
  /** One or two sentences that help to choose a kind. */
  readonly description: string;
  /** Empty for a kind that is always simulated. */
  readonly needs: readonly Need[];
  /**
   * A strict object. Each option has a description with its units, limits, and a default if there is a sensible one. A condition on
   * several options is a refinement with `params: { expected, found }`, in words for a person.
   */
  readonly options: Schema;
  /** Options for an example in the docs; mandatory if an option has no default. */
  readonly example?: z.input<Schema>;
  /** The channels in the order of a reading, known without any hardware. */
  channels(options: OptionsOf<Schema>): readonly Channel[];
  /** Seconds of a reading, and so the shortest interval; 0 if negligible. */
  conversionTime(options: OptionsOf<Schema>): number;
  /** Seconds in which all of these sensors are read, for a kind whose readings wait for each other; by default those of the slowest. */
  roundTime?(found: readonly FoundSensor[]): number;
  /** True where its sensors are pushing sensors, so that a dataset of them can have a row whenever values come. */
  readonly isPushing?: true;
  /** Resources that no other sensor may use at the same time, such as `i2c-1:0x48` or `gpio17`; none by default. */
  claims?(options: OptionsOf<Schema>): readonly string[];
  /** One sentence if a file that the options name cannot be used, found without hardware. Does not reject. Not for drivers. */
  problemOf?(options: OptionsOf<Schema>): Promise<string | undefined>;
  /**
   * Opens the sensor, which has the channels that `channels` returns.
   * @throws one sentence that says what was expected and what was found
   */
  open(options: OptionsOf<Schema>, host: SensorHost): Promise<Sensor>;
  /** Parts that replace those of the host, so that the same code reads a simulation. Mandatory for every kind with `needs`. */
  simulate?(options: OptionsOf<Schema>, host: SensorHost): Partial<SensorHost>;
  /** The attached sensors of this kind; none if that cannot be known. Does not reject. */
  find?(host: SensorHost): Promise<readonly FoundSensor[]>;
}

/** The only sensor of a kind that reads this file, if the file can be read. */
export async function foundByFile({ files }: SensorHost, path: string): Promise<readonly FoundSensor[]> {
  return files.read(path).then(
    () => [{ options: {} }],
    () => [],
  );
}

/** The default options of a kind, or those of its example if an option has no default. */
export function usualOptions<Schema extends z.ZodObject>(kind: SensorKind<Schema>): OptionsOf<Schema> {
  const untold = kind.options.safeParse({});
  return untold.success ? untold.data : kind.options.parse(kind.example);
}

/** Returns the kind unchanged, with the types of its options. */
export function sensorKind<Schema extends z.ZodObject>(kind: SensorKind<Schema>): SensorKind<Schema> {
  return kind;
}

/** The host on which a simulated sensor of this kind is opened. */
export function simulatedHost<Schema extends z.ZodObject>(
  kind: SensorKind<Schema>,
  options: OptionsOf<Schema>,
  host: SensorHost,
): SensorHost {
  if (kind.simulate !== undefined) return { ...host, ...kind.simulate(options, host) };
  if (kind.needs.length === 0) return host;
  throw new Error(`sensors of the kind ${kind.name} cannot be simulated`);
}

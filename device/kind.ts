// What is a sensor kind? All that configuration, documents, lists and the device have to know of one sort of sensor.

import type { z } from 'zod';
import { type Clock, systemClock } from './host/clock.ts';
import type { GpioLines } from './host/gpio/gpio.ts';
import { linuxGpio } from './host/gpio/gpio-lines.ts';
import type { I2cBuses } from './host/i2c/i2c.ts';
import { i2cBuses } from './host/i2c/i2c-bus.ts';
import { linuxI2c } from './host/i2c/i2c-linux.ts';
import { listI2cBuses } from './host/i2c/i2c-list.ts';
import { type KernelFiles, kernelFiles } from './host/kernel-files.ts';
import { type OneWire, oneWire } from './host/one-wire.ts';
import { PulseCounts } from './host/pulse-counts.ts';
import { type Serial, serialQueues } from './host/serial.ts';
import type { Channel, Sensor } from './sensor.ts';

/** Everything that sensors reach the world through: a test or a simulation puts something else there. */
export interface SensorHost {
  readonly files: KernelFiles;
  readonly clock: Clock;
  readonly i2c: I2cBuses;
  readonly gpio: GpioLines;
  readonly buses: {
    /** Queues for what only one may use at a time: `i2c-1`, `i2c-1:0x48`, `1-wire`. */
    readonly serial: Serial;
  };
  /** The thermometers behind `files`. */
  readonly oneWire: OneWire;
  /** Pulse counts, which survive the closing and reopening of the sensor that counts. */
  readonly pulseCounts: PulseCounts;
  /** What simulated values are made from, a whole number from 0 to 4294967295. */
  readonly seed: number;
}

/** The machine itself; `seed` is only for sensors that are simulated by nature. */
export function thisHost(seed: number): SensorHost {
  const files = kernelFiles();
  const clock = systemClock;
  const serial = serialQueues();
  return {
    files,
    clock,
    i2c: i2cBuses({ openAdapter: linuxI2c(), list: () => listI2cBuses(files), serial, clock }),
    gpio: linuxGpio(clock),
    buses: { serial },
    oneWire: oneWire({ files, serial, clock }),
    pulseCounts: new PulseCounts(),
    seed,
  };
}

/** `kernel-files` are those below /proc and /sys; `files` are those that other programs write. */
export const NEEDS = ['kernel-files', '1-wire', 'i2c', 'gpio', 'iio', 'files', 'network'] as const;

/** What a kind cannot do without. */
export type Need = (typeof NEEDS)[number];

/** The options of one sensor as its kind's schema gives them, defaults filled in. */
export type OptionsOf<Schema extends z.ZodObject> = z.output<Schema>;

/** A sensor that is there now, and what to write into a configuration to have it. */
export interface FoundSensor {
  /** The options that lead to it; those that have the default are left out. */
  readonly options: Readonly<Record<string, unknown>>;
  /** A name for it, where the kind may be there several times: a DAP2 identifier. */
  readonly name?: string;
  /** What a person may know it by: `cpu-thermal, 48.3 degree_Celsius`. */
  readonly note?: string;
}

/**
 * A kind of sensor. Reads like its datasheet; nothing here touches hardware but `open`, `find` and the sensor that
 * `open` gives, and these only through the host.
 */
export interface SensorKind<Schema extends z.ZodObject = z.ZodObject> {
  /** What `kind:` says in a configuration: lower case, digits and `-`. */
  readonly name: string;
  /** For lists and documents, and the attribute `source` of its datasets. */
  readonly title: string;
  /** One or two sentences for the person who chooses. */
  readonly description: string;
  /** Nothing, for a kind that is simulated by nature. */
  readonly needs: readonly Need[];
  /**
   * A strict object; each option has a description, limits, a default if it can, and its units in words. What several
   * options together have to be is a refinement with `params: { expected, found }`, in words for a person.
   */
  readonly options: Schema;
  /** Options to show it with in documents; a kind that needs to be told something has to have them. */
  readonly example?: z.input<Schema>;
  /** The channels in the order of a reading, known without any hardware. */
  channels(options: OptionsOf<Schema>): readonly Channel[];
  /** Seconds that a reading takes, which is the shortest interval; 0 where that is nothing to speak of. */
  conversionTime(options: OptionsOf<Schema>): number;
  /** What no other sensor may hold at the same time, such as `i2c-1:0x48` or `gpio17`; none where it is left out. */
  claims?(options: OptionsOf<Schema>): readonly string[];
  /**
   * Opens the sensor: its `channels` are those above.
   * @throws one sentence that says what was expected and what was found
   */
  open(options: OptionsOf<Schema>, host: SensorHost): Promise<Sensor>;
  /** What to put in place of the host, so that the same code reads a simulation. Needed by every kind that needs anything. */
  simulate?(options: OptionsOf<Schema>, host: SensorHost): Partial<SensorHost>;
  /** The sensors of this kind that are attached now; none where that cannot be known. Does not reject. */
  find?(host: SensorHost): Promise<readonly FoundSensor[]>;
}

/** The one sensor of a kind that reads a file, where that can be read; none elsewhere. */
export async function foundByFile({ files }: SensorHost, path: string): Promise<readonly FoundSensor[]> {
  return files.read(path).then(
    () => [{ options: {} }],
    () => [],
  );
}

/** The options that a kind has where it is told nothing, or those of its example where it has to be told something. */
export function usualOptions<Schema extends z.ZodObject>(kind: SensorKind<Schema>): OptionsOf<Schema> {
  const untold = kind.options.safeParse({});
  return untold.success ? untold.data : kind.options.parse(kind.example);
}

/** Gives a kind its type by its options; the list of kinds then holds kinds of any options. */
export function sensorKind<Schema extends z.ZodObject>(kind: SensorKind<Schema>): SensorKind<Schema> {
  return kind;
}

/** The host that a sensor of this kind is opened on where everything is simulated. */
export function simulatedHost<Schema extends z.ZodObject>(
  kind: SensorKind<Schema>,
  options: OptionsOf<Schema>,
  host: SensorHost,
): SensorHost {
  if (kind.simulate !== undefined) return { ...host, ...kind.simulate(options, host) };
  if (kind.needs.length === 0) return host;
  throw new Error(`sensors of the kind ${kind.name} cannot be simulated`);
}

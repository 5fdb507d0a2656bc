// Gives sensors on I2C their common parts: the options for bus and address, opening, measuring, waiting, and simulation.

import { z } from 'zod';
import type { Clock } from '../host/clock.ts';
import { chipName, hexByte, type I2cChip } from '../host/i2c/i2c.ts';
import { type I2cChipModel, SimulatedI2c, simulatedI2c } from '../host/i2c/i2c-simulated.ts';
import type { ReadContext } from '../host/read-context.ts';
import type { SensorHost } from '../kind.ts';
import { randomBits } from '../models/seeded-noise.ts';
import { type Channel, partsOf, type Reading, type Sensor } from '../sensor.ts';

/** The bus on the pins 3 and 5 of a Raspberry Pi's header. */
export const HEADER_BUS = 1;

export interface I2cPlace {
  readonly bus: number;
  readonly address: number;
}

export const busOption = z.int().min(0).max(255).default(HEADER_BUS).meta({
  description: 'The number of the I2C bus, N of /dev/i2c-N. Bus 1 is on the pins 3 and 5 of a Raspberry Pi.',
  expected: 'the number of an I2C bus from 0 to 255, such as 1',
});

/** The option for the 7-bit address: from `low` to `high`, which the chip's address pins select, `usual` by default. */
export function addressOption(low: number, high: number, usual: number) {
  const range = `${hexByte(low)} to ${hexByte(high)}`;
  return z
    .int()
    .min(low)
    .max(high)
    .default(usual)
    .meta({
      description: "The chip's address on the bus, which its address pins select.",
      expected: `an address from ${range}`,
      base: 16,
    });
}

/** A chip belongs to one sensor: of two, each would read conversions that the other started. */
export function claimsOf({ bus, address }: I2cPlace): readonly string[] {
  return [chipName(bus, address)];
}

/** Takes one reading of a chip that is set up. */
export type Measure = (context: ReadContext) => Promise<Reading>;

export interface I2cSensorOptions {
  readonly name: string;
  readonly channels: readonly Channel[];
  readonly place: I2cPlace;
  readonly host: SensorHost;
  /** Checks that the chip is the expected one and sets it up. The first reading must not return a conversion from before that. */
  readonly begin: (chip: I2cChip) => Promise<Measure>;
}

/** Opens a sensor that is one chip. Set-up and readings of the same chip wait for each other, whichever sensor they belong to. */
export async function openI2cSensor({
  name,
  channels,
  place: { bus, address },
  host,
  begin,
}: I2cSensorOptions): Promise<Sensor> {
  const chip = await host.i2c.open(bus, address);
  const alone = <T>(work: () => Promise<T>, context?: ReadContext) =>
    host.buses.serial(chipName(bus, address), work, context);
  try {
    const measure = await alone(() => begin(chip));
    return {
      name,
      channels,
      read: context => alone(async () => checked(await measure(context), channels, chip.place), context),
      close: () => chip.close(),
    };
  } catch (error) {
    await chip.close();
    throw error;
  }
}

/**
 * Returns the reading unchanged.
 * @throws if a value is outside the range that the chip can measure
 */
function checked(reading: Reading, channels: readonly Channel[], place: string): Reading {
  const { values } = partsOf(reading);
  for (const [index, { name, units, validRange }] of channels.entries()) {
    const value = values[index] ?? Number.NaN;
    if (validRange === undefined || Number.isNaN(value)) continue;
    const [low, high] = validRange;
    if (value >= low && value <= high) continue;
    throw new Error(
      `${place}: expected ${name} from ${low} to ${high} ${units}, found ${Number(value.toPrecision(6))}`,
    );
  }
  return reading;
}

/** Waits while a chip works. Rejects when `signal` aborts. */
export async function pause(clock: Clock, seconds: number, signal?: AbortSignal): Promise<void> {
  await clock.sleepUntil(clock.monotonic() + seconds, signal);
  signal?.throwIfAborted();
}

/**
 * Calls `isReady` after `usual` seconds and then repeatedly, until it is true or twice that time and 10 ms have passed.
 * @param what for the error: `0x48 on i2c-1: a conversion`
 * @throws if the time has passed, with how long it waited
 */
export async function pauseUntil(
  clock: Clock,
  isReady: () => Promise<boolean>,
  usual: number,
  what: string,
  signal?: AbortSignal,
): Promise<void> {
  const limit = 2 * usual + 0.01;
  const start = clock.monotonic();
  await pause(clock, usual, signal);
  while (!(await isReady())) {
    const waited = clock.monotonic() - start;
    if (waited > limit) {
      throw new Error(
        `${what} had not ended after ${Math.round(waited * 1000)} ms; it takes ${(usual * 1000).toFixed(1)}`,
      );
    }
    await pause(clock, Math.max(usual / 10, 0.001), signal);
  }
}

/** A host whose I2C buses have only this chip. */
export function hostWith(
  model: I2cChipModel,
  { bus, address }: I2cPlace,
  { clock, buses }: SensorHost,
): Partial<SensorHost> {
  return {
    i2c: simulatedI2c([new SimulatedI2c(bus, { [address]: model })], { clock, serial: buses.serial }),
  };
}

/** The seed of a simulated chip's surroundings, different for each bus and address. */
export function seedOf({ bus, address }: I2cPlace, { seed }: SensorHost): number {
  return randomBits(seed, 128 * bus + address);
}

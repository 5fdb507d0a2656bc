// What do sensors that are one chip on an I2C bus have in common? Where they are, how they are opened, and how they wait.

import { z } from 'zod';
import type { Clock } from '../host/clock.ts';
import { chipName, hexByte, type I2cChip } from '../host/i2c/i2c.ts';
import { type I2cChipModel, SimulatedI2c, simulatedI2c } from '../host/i2c/i2c-simulated.ts';
import type { ReadContext } from '../host/read-context.ts';
import type { FoundSensor, SensorHost } from '../kind.ts';
import { randomBits } from '../models/seeded-noise.ts';
import { type Channel, partsOf, type Reading, type Sensor } from '../sensor.ts';

/** The bus on the pins 3 and 5 of a Raspberry Pi's header. */
const HEADER_BUS = 1;

export interface I2cPlace {
  readonly bus: number;
  readonly address: number;
}

export const busOption = z.int().min(0).max(255).default(HEADER_BUS).meta({
  description:
    'The number of the I2C bus, N of /dev/i2c-N; 1 is the one on the pins 3 and 5 of a Raspberry Pi.',
  expected: 'the number of an I2C bus from 0 to 255, such as 1',
});

/** An option for the 7-bit address, between the two that the chip's pins can set. */
export function addressOption(low: number, high: number, usual: number) {
  const range = `${hexByte(low)} to ${hexByte(high)}`;
  return z
    .int()
    .min(low)
    .max(high)
    .default(usual)
    .meta({
      description: "The chip's address on the bus, as its address pins are wired.",
      expected: `an address from ${range}`,
      base: 16,
    });
}

/** A chip belongs to one sensor: two would take each other's conversions. */
export function claimsOf({ bus, address }: I2cPlace): readonly string[] {
  return [chipName(bus, address)];
}

/** Takes one reading of a chip that is ready for it. */
export type Measure = (context: ReadContext) => Promise<Reading>;

export interface I2cSensorOptions {
  readonly name: string;
  readonly channels: readonly Channel[];
  readonly place: I2cPlace;
  readonly host: SensorHost;
  /** Sees that it is the right chip and makes it ready, so that no reading is one of before. */
  readonly begin: (chip: I2cChip) => Promise<Measure>;
}

/** Opens a sensor that is one chip. Whoever else has opened the same chip waits while one begins or measures. */
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

/** The reading, each value of which the chip can measure. */
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

const NEVER = new AbortController().signal;

/** Lets a chip work for so many seconds. Rejects when `signal` aborts. */
export async function pause(clock: Clock, seconds: number, signal: AbortSignal = NEVER): Promise<void> {
  await clock.sleepUntil(clock.monotonic() + seconds, signal);
  signal.throwIfAborted();
}

/**
 * Asks `isReady` after `usual` seconds and then again and again, but not past twice that and 10 ms.
 * @throws one sentence that says how long `what`, such as `0x48 on i2c-1: a conversion`, was waited for
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

/** A host on which there is only this chip. */
export function hostWith(
  model: I2cChipModel,
  { bus, address }: I2cPlace,
  { clock, buses }: SensorHost,
): Partial<SensorHost> {
  return {
    i2c: simulatedI2c([new SimulatedI2c(bus, { [address]: model })], { clock, serial: buses.serial }),
  };
}

/** The seed of what surrounds a simulated chip: no two places are alike. */
export function seedOf({ bus, address }: I2cPlace, { seed }: SensorHost): number {
  return randomBits(seed, 128 * bus + address);
}

/** What a chip is found to be: a kind for sure or not at all, or one of several kinds, in words such as `lm75 or tmp105`. */
export type ChipMatch = boolean | string;

/**
 * The chips at `addresses` that `recognise` takes for its own, on every bus that may have sensors. It may only read: what answers
 * may be another chip, in use.
 */
export async function findChips(
  host: SensorHost,
  addresses: readonly number[],
  usual: number,
  recognise: (chip: I2cChip) => Promise<ChipMatch>,
): Promise<readonly FoundSensor[]> {
  const found: (I2cPlace & { readonly note: string })[] = [];
  for (const { number: bus, parent, reserved } of await host.i2c.list()) {
    if (reserved !== undefined) continue;
    for (const address of addresses) {
      // A chip before a multiplexer is also seen on each of its channels.
      if (found.some(chip => chip.bus === parent && chip.address === address)) continue;
      const chip = await host.i2c.open(bus, address).catch(() => undefined);
      // Where a bus cannot be opened it cannot for the next address either.
      if (chip === undefined) break;
      const recognised = await host.buses
        .serial(chipName(bus, address), () => recognise(chip))
        .catch(() => false);
      await chip.close();
      if (recognised === false) continue;
      found.push({ bus, address, note: recognised === true ? chip.place : `${chip.place}: ${recognised}` });
    }
  }
  return found.map(({ bus, address, note }) => ({
    options: {
      ...(bus === HEADER_BUS ? {} : { bus }),
      ...(address === usual ? {} : { address }),
    },
    name: `i2c${bus === HEADER_BUS ? '' : bus}_${address.toString(16).padStart(2, '0')}`,
    note,
  }));
}

/** The addresses from `low` to `high`. */
export function addressesBetween(low: number, high: number): readonly number[] {
  return Array.from({ length: high - low + 1 }, (_, index) => low + index);
}

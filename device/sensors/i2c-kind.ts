// Makes a sensor kind from the parts that are special to one I2C chip: its addresses, options, channels, conversation and model.

import { z } from 'zod';
import type { Clock } from '../host/clock.ts';
import type { I2cChip } from '../host/i2c/i2c.ts';
import type { I2cChipModel } from '../host/i2c/i2c-simulated.ts';
import type { OptionsOf, SensorHost, SensorKind } from '../kind.ts';
import type { Channel } from '../sensor.ts';
import { type ChipMatch, findChips } from './i2c-find.ts';
import {
  addressOption,
  busOption,
  claimsOf,
  hostWith,
  type I2cPlace,
  type Measure,
  openI2cSensor,
  seedOf,
} from './i2c-sensor.ts';

/** A model of a chip, just powered on. */
export type PoweredModel = I2cChipModel & {
  /** Loses and regains its supply: all settings are as after power-on. */
  powerOn(): void;
};

/** What surrounds a chip, by quantity, in the units of its model; each function gives the value now. */
export type Surroundings<Quantity extends string = string> = Readonly<Record<Quantity, () => number>>;

/** The options that every chip has. */
export interface PlaceShape {
  readonly bus: typeof busOption;
  readonly address: ReturnType<typeof addressOption>;
}

/** The properties of one chip, to be read beside its datasheet. */
export interface I2cChipKind<Schema extends z.ZodObject, Quantity extends string> {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** The addresses that its pins select. The first one is the default. */
  readonly addresses: readonly [first: number, last: number];
  /** A strict object of `place` (bus and address) and the chip's own options. */
  options(place: PlaceShape): Schema;
  readonly example: z.input<Schema>;
  channels(options: OptionsOf<Schema>): readonly Channel[];
  /** Seconds of a reading. */
  conversionTime(options: OptionsOf<Schema>): number;
  /** Checks that the chip is the expected one and sets it up. The first reading must not return a conversion from before that. */
  begin(chip: I2cChip, options: OptionsOf<Schema>, host: SensorHost): Promise<Measure>;
  /** Recognises the chip without writing to its registers. */
  recognise(chip: I2cChip): Promise<ChipMatch>;
  /** What surrounds a simulated chip. */
  surroundings(seed: number, clock: Clock, options: OptionsOf<Schema>): Surroundings<Quantity>;
  /** @param now monotonic seconds */
  model(
    surroundings: Surroundings<NoInfer<Quantity>>,
    now: () => number,
    options: OptionsOf<Schema>,
  ): PoweredModel;
}

/** A kind whose sensors are one chip on I2C each. */
export interface I2cKind<Schema extends z.ZodObject = z.ZodObject> extends SensorKind<Schema> {
  /** For tests, which put the chip's model on a bus of their own. */
  readonly chip: {
    readonly addresses: readonly [first: number, last: number];
    surroundings(seed: number, clock: Clock, options: OptionsOf<Schema>): Surroundings;
    model(surroundings: Surroundings, now: () => number, options: OptionsOf<Schema>): PoweredModel;
  };
}

export function isI2cKind(kind: SensorKind): kind is I2cKind {
  return 'chip' in kind;
}

export function i2cKind<Schema extends z.ZodObject, Quantity extends string>(
  chip: I2cChipKind<Schema, Quantity>,
): I2cKind<Schema> {
  const { name, title, description, example, addresses, channels, conversionTime } = chip;
  const [first, last] = addresses;
  // Every schema has the options of `PlaceShape`: `options` made it from them.
  const placeOf = (options: OptionsOf<Schema>) => options as unknown as I2cPlace;
  return {
    name,
    title,
    description,
    needs: ['i2c'],
    options: chip.options({ bus: busOption, address: addressOption(first, last, first) }),
    example,
    channels,
    conversionTime,
    claims: options => claimsOf(placeOf(options)),
    open: (options, host) =>
      openI2cSensor({
        name,
        channels: channels(options),
        place: placeOf(options),
        host,
        begin: opened => chip.begin(opened, options, host),
      }),
    simulate: (options, host) => {
      const { clock } = host;
      const surroundings = chip.surroundings(seedOf(placeOf(options), host), clock, options);
      return hostWith(
        chip.model(surroundings, () => clock.monotonic(), options),
        placeOf(options),
        host,
      );
    },
    find: host => findChips(host, addresses, opened => chip.recognise(opened)),
    chip: { addresses, surroundings: chip.surroundings, model: chip.model },
  };
}

/** The options of a chip without further options. */
export const placeOnly = (place: PlaceShape) => z.strictObject({ ...place });

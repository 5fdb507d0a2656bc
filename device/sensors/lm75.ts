// The kind `lm75`: a thermometer chip on I2C that converts by itself (TI LM75B/LM75C datasheet, SNIS153; NXP LM75A, LM75B).

import { z } from 'zod';
import { type I2cChip, signed } from '../host/i2c/i2c.ts';
import { sensorKind } from '../kind.ts';
import { Lm75Model } from '../models/lm75.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import type { Channel } from '../sensor.ts';
import {
  addressesBetween,
  addressOption,
  busOption,
  type ChipMatch,
  claimsOf,
  findChips,
  hostWith,
  openI2cSensor,
  pause,
  seedOf,
} from './i2c-sensor.ts';

const FIRST_ADDRESS = 0x48;
const LAST_ADDRESS = 0x4f;

/** Registers (section "Internal Register Structure"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;
const HYSTERESIS = 2;
const OVERTEMPERATURE = 3;

/** Bit 0 of the configuration. */
const SHUTDOWN = 0x01;

/** 75 and 80 deg C, which the limits are after power-on. */
const HYSTERESIS_AT_FIRST = 0x4b00;
const OVERTEMPERATURE_AT_FIRST = 0x5000;

/** Seconds of a conversion, typically and at most. Before the first has ended the chip says 0 deg C. */
const CONVERSION = 0.1;
const LONGEST_CONVERSION = 0.3;

function channelsOf(bits: number): readonly Channel[] {
  return [
    {
      name: 'temperature',
      units: 'degree_Celsius',
      longName: 'Temperature',
      validRange: [-55, 125],
      resolution: 2 ** (8 - bits),
    },
  ];
}

/**
 * Degrees Celsius in a temperature register: two's complement at the left of the word, whole degrees in the first eight
 * of `bits` bits. What lies to the right of them means nothing.
 */
export function temperatureOf(word: number, bits: number): number {
  return signed(word >>> (16 - bits), bits) * 2 ** (8 - bits);
}

export const lm75 = sensorKind({
  name: 'lm75',
  title: 'LM75 thermometer',
  description:
    'A thermometer chip on I2C, -55 to 125 degree_Celsius: LM75, LM75A, LM75B and chips like them.',
  needs: ['i2c'],
  options: z.strictObject({
    bus: busOption,
    address: addressOption(FIRST_ADDRESS, LAST_ADDRESS, FIRST_ADDRESS),
    bits: z
      .int()
      .min(9)
      .max(12)
      .default(9)
      .describe(
        'Bits of a reading: 9 of the LM75 (steps of 0.5 degree_Celsius), 11 of the LM75A and LM75B (0.125).',
      ),
  }),
  example: { address: 0x49, bits: 11 },
  channels: ({ bits }) => channelsOf(bits),
  conversionTime: () => CONVERSION,
  claims: claimsOf,
  open: ({ bits, ...place }, host) =>
    openI2cSensor({
      name: 'lm75',
      channels: channelsOf(bits),
      place,
      host,
      begin: async chip => {
        const configuration = await chip.readByte(CONFIGURATION);
        if (configuration & SHUTDOWN) await chip.writeByte(CONFIGURATION, configuration & ~SHUTDOWN);
        await pause(host.clock, LONGEST_CONVERSION);
        return async context => [temperatureOf(await chip.readWord(TEMPERATURE, context), bits)];
      },
    }),
  simulate: ({ bits, ...place }, host) =>
    hostWith(
      new Lm75Model({
        temperature: quantityNow(seedOf(place, host), ROOM_TEMPERATURE, host.clock),
        now: () => host.clock.monotonic(),
        bits,
      }),
      place,
      host,
    ),
  find: host =>
    findChips(host, addressesBetween(FIRST_ADDRESS, LAST_ADDRESS), FIRST_ADDRESS, chip =>
      thermometerAt(chip, 'lm75'),
    ),
});

/** The bits of a temperature that neither an LM75 nor a TMP105 of 9 bits gives. */
const MORE_THAN_9_BITS = 0x0060;

/** The resolution of a TMP105 in its configuration (SBOS219); an LM75 has zeros there. */
const RESOLUTION = 0x60;

/**
 * Whether the chip is an LM75 or a TMP105. Neither has an identity, but limits that few people change; the TMP102, which has them too,
 * has a configuration of two bytes. After power-on both give 9 bits: then nothing tells them apart.
 */
export async function thermometerAt(chip: I2cChip, kind: 'lm75' | 'tmp105'): Promise<ChipMatch> {
  if ((await chip.readWord(HYSTERESIS)) !== HYSTERESIS_AT_FIRST) return false;
  if ((await chip.readWord(OVERTEMPERATURE)) !== OVERTEMPERATURE_AT_FIRST) return false;
  const [first = 0, second] = await chip.readBlock(CONFIGURATION, 2);
  if (first !== second && second !== 0xff) return false;
  if (first & RESOLUTION) return kind === 'tmp105';
  if ((await chip.readWord(TEMPERATURE)) & MORE_THAN_9_BITS) return kind === 'lm75';
  return 'lm75 or tmp105';
}

// What does a TMP102 say? A thermometer chip on I2C that converts when it is told to (TI datasheet SBOS397).

import { z } from 'zod';
import { hexWord, type I2cChip } from '../host/i2c/i2c.ts';
import type { ReadContext } from '../host/read-context.ts';
import { sensorKind } from '../kind.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { Tmp102Model } from '../models/tmp102.ts';
import type { Channel } from '../sensor.ts';
import {
  addressesBetween,
  addressOption,
  busOption,
  claimsOf,
  findChips,
  hostWith,
  openI2cSensor,
  pauseUntil,
  seedOf,
} from './i2c-sensor.ts';
import { temperatureOf } from './lm75.ts';

const FIRST_ADDRESS = 0x48;
const LAST_ADDRESS = 0x4b;

/** Registers (table "Pointer Addresses"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;

/** Bits of the configuration (section "Configuration Register"). OS starts a conversion, and reads 1 once it has ended. */
const ONE_SHOT = 0x8000;
const RESOLUTION = 0x6000;
const SHUTDOWN = 0x0100;
const ALERT = 0x0020;

/** What it is after power-on: resolution bits 11, which only the chip sets, four conversions a second. */
const CONFIGURATION_AT_FIRST = 0x60a0;

/** Shut down between readings, which warms the chip less: 13 bits and alerts off. */
const CONFIGURED = RESOLUTION | SHUTDOWN;

const BITS = 12;
/** Seconds of a conversion, usually; 0.035 at most. */
const CONVERSION = 0.026;

const CHANNELS: readonly Channel[] = [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: [-55, 125],
    resolution: 0.0625,
  },
];

/** Each reading is a conversion of its own, so that none is from before the chip lost its supply. */
export const tmp102 = sensorKind({
  name: 'tmp102',
  title: 'TMP102 thermometer',
  description: 'A thermometer chip on I2C, -55 to 125 degree_Celsius in steps of 0.0625.',
  needs: ['i2c'],
  options: z.strictObject({
    bus: busOption,
    address: addressOption(FIRST_ADDRESS, LAST_ADDRESS, FIRST_ADDRESS),
  }),
  example: { address: 0x49 },
  channels: () => CHANNELS,
  conversionTime: () => CONVERSION,
  claims: claimsOf,
  open: (place, host) =>
    openI2cSensor({
      name: 'tmp102',
      channels: CHANNELS,
      place,
      host,
      begin: async chip => async context => {
        await chip.writeWord(CONFIGURATION, CONFIGURED | ONE_SHOT, context);
        const hasEnded = async () => conversionHasEnded(chip, context);
        await pauseUntil(host.clock, hasEnded, CONVERSION, `${chip.place}: a conversion`, context.signal);
        return [temperatureOf(await chip.readWord(TEMPERATURE, context), BITS)];
      },
    }),
  simulate: (place, host) =>
    hostWith(
      new Tmp102Model({
        temperature: quantityNow(seedOf(place, host), ROOM_TEMPERATURE, host.clock),
        now: () => host.clock.monotonic(),
      }),
      place,
      host,
    ),
  find: host => findChips(host, addressesBetween(FIRST_ADDRESS, LAST_ADDRESS), FIRST_ADDRESS, isTmp102),
});

async function conversionHasEnded(chip: I2cChip, context: ReadContext): Promise<boolean> {
  const configuration = await chip.readWord(CONFIGURATION, context);
  if ((configuration & ~(ONE_SHOT | ALERT)) !== CONFIGURED) {
    throw new Error(
      `${chip.place}: expected the configuration ${hexWord(CONFIGURED)} of a TMP102, found ${hexWord(configuration)}: it lost its supply, or it is another chip`,
    );
  }
  return (configuration & ONE_SHOT) !== 0;
}

/** It has no identity, but a configuration that no other chip at its addresses has, after power-on or after a reading. */
async function isTmp102(chip: I2cChip): Promise<boolean> {
  const configuration = (await chip.readWord(CONFIGURATION)) & ~(ONE_SHOT | ALERT);
  return configuration === (CONFIGURATION_AT_FIRST & ~ALERT) || configuration === CONFIGURED;
}

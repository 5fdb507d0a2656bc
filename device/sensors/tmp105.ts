// The kind `tmp105`: a thermometer chip on I2C that converts on command (TI datasheet SBOS219).

import { z } from 'zod';
import { hexByte } from '../host/i2c/i2c.ts';
import { sensorKind } from '../kind.ts';
import { quantityNow, ROOM_TEMPERATURE } from '../models/quantity.ts';
import { Tmp105Model } from '../models/tmp105.ts';
import type { Channel } from '../sensor.ts';
import {
  addressesBetween,
  addressOption,
  busOption,
  claimsOf,
  findChips,
  hostWith,
  openI2cSensor,
  pause,
  seedOf,
} from './i2c-sensor.ts';
import { temperatureOf, thermometerAt } from './lm75.ts';

/** The TMP105 itself has the first two; chips like it, such as the TMP75 and TMP175, have the others too. */
const FIRST_ADDRESS = 0x48;
const LAST_ADDRESS = 0x4f;

/** Registers (section "Pointer Register"). */
const TEMPERATURE = 0;
const CONFIGURATION = 1;

/** Bits of the configuration (section "Configuration Register"); what OS reads as says nothing of a conversion. */
const ONE_SHOT = 0x80;
const RESOLUTION = 5;
const SHUTDOWN = 0x01;

const FEWEST_BITS = 9;
/** Seconds, at most, of a conversion of 9 bits; each bit more takes twice as long (section "Converter Resolution"). */
const SHORTEST_CONVERSION = 0.0375;

const conversionOf = (bits: number) => SHORTEST_CONVERSION * 2 ** (bits - FEWEST_BITS);

const channelsOf = (bits: number): readonly Channel[] => [
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: [-55, 125],
    resolution: 2 ** (8 - bits),
  },
];

/** Each reading is a conversion of its own, so that none is from before the chip lost its supply. */
export const tmp105 = sensorKind({
  name: 'tmp105',
  title: 'TMP105 thermometer',
  description: 'A thermometer chip on I2C, -55 to 125 degree_Celsius: TMP105, TMP75, TMP175.',
  needs: ['i2c'],
  options: z.strictObject({
    bus: busOption,
    address: addressOption(FIRST_ADDRESS, LAST_ADDRESS, FIRST_ADDRESS),
    bits: z
      .int()
      .min(FEWEST_BITS)
      .max(12)
      .default(12)
      .describe(
        'Bits of a reading: 9 (0.5 degree_Celsius, in 38 ms) to 12 (0.0625 degree_Celsius, in 300 ms).',
      ),
  }),
  example: { address: 0x49, bits: 10 },
  channels: ({ bits }) => channelsOf(bits),
  conversionTime: ({ bits }) => conversionOf(bits),
  claims: claimsOf,
  open: ({ bits, ...place }, host) => {
    const configured = ((bits - FEWEST_BITS) << RESOLUTION) | SHUTDOWN;
    return openI2cSensor({
      name: 'tmp105',
      channels: channelsOf(bits),
      place,
      host,
      begin: async chip => async context => {
        await chip.writeByte(CONFIGURATION, configured | ONE_SHOT, context);
        await pause(host.clock, conversionOf(bits), context.signal);
        const word = await chip.readWord(TEMPERATURE, context);
        const found = (await chip.readByte(CONFIGURATION, context)) & ~ONE_SHOT;
        if (found === configured) return [temperatureOf(word, bits)];
        throw new Error(
          `${chip.place}: expected the configuration ${hexByte(configured)} of a TMP105, found ${hexByte(found)}: it lost its supply, or it is another chip`,
        );
      },
    });
  },
  simulate: (place, host) =>
    hostWith(
      new Tmp105Model({
        temperature: quantityNow(seedOf(place, host), ROOM_TEMPERATURE, host.clock),
        now: () => host.clock.monotonic(),
      }),
      place,
      host,
    ),
  find: host =>
    findChips(host, addressesBetween(FIRST_ADDRESS, LAST_ADDRESS), FIRST_ADDRESS, chip =>
      thermometerAt(chip, 'tmp105'),
    ),
});

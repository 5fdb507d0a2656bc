// The kind `tmp105`: a thermometer chip on I2C that converts on command (TI datasheet SBOS219).

import { z } from 'zod';
import { Tmp105Model } from '../models/tmp105.ts';
import { lm75OrTmp105 } from './lm75-or-tmp105.ts';
import { temperatureOf, thermometerKind } from './thermometer.ts';

const FEWEST_BITS = 9;
/** Seconds, at most, of a conversion of 9 bits; each bit more takes twice as long ("Converter Resolution"). */
const SHORTEST_CONVERSION = 0.0375;

/** Fields of the configuration ("Configuration Register"). */
const RESOLUTION = 5;
const SHUTDOWN = 0x01;

export const tmp105 = thermometerKind({
  name: 'tmp105',
  title: 'TMP105 thermometer',
  description: 'A thermometer chip on I2C, -55 to 125 degree_Celsius: TMP105, TMP75, TMP175.',
  // The TMP105 itself has the first two; the TMP75 and TMP175 have the others too.
  addresses: [0x48, 0x4f],
  options: place =>
    z.strictObject({
      ...place,
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
  range: [-55, 125],
  resolution: ({ bits }) => 2 ** (8 - bits),
  conversionTime: ({ bits }) => SHORTEST_CONVERSION * 2 ** (bits - FEWEST_BITS),
  registers: { temperature: 0, configuration: 1 },
  configurationBytes: 1,
  celsius: (word, { bits }) => temperatureOf(word, bits),
  conversion: {
    mode: 'one-shot',
    configuration: ({ bits }) => ((bits - FEWEST_BITS) << RESOLUTION) | SHUTDOWN,
    start: 0x80,
    isEndShown: false,
    status: 0,
  },
  recognise: chip => lm75OrTmp105(chip, 'tmp105'),
  model: around => new Tmp105Model(around),
});

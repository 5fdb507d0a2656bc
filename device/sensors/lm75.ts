// The kind `lm75`: a thermometer chip on I2C that converts by itself (TI LM75B/LM75C datasheet, SNIS153; NXP LM75A, LM75B).

import { z } from 'zod';
import { Lm75Model } from '../models/lm75.ts';
import { lm75OrTmp105 } from './lm75-or-tmp105.ts';
import { temperatureOf, thermometerKind } from './thermometer.ts';

export const lm75 = thermometerKind({
  name: 'lm75',
  title: 'LM75 thermometer',
  description:
    'A thermometer chip on I2C, -55 to 125 degree_Celsius: LM75, LM75A, LM75B and compatible chips.',
  addresses: [0x48, 0x4f],
  options: place =>
    z.strictObject({
      ...place,
      bits: z
        .int()
        .min(9)
        .max(12)
        .default(9)
        .describe(
          'Bits of a reading: 9 for an LM75 (steps of 0.5 degree_Celsius), 11 for an LM75A or LM75B (0.125).',
        ),
    }),
  example: { address: 0x49, bits: 11 },
  range: [-55, 125],
  resolution: ({ bits }) => 2 ** (8 - bits),
  // Typically; 0.3 s at most.
  conversionTime: () => 0.1,
  registers: { temperature: 0, configuration: 1 },
  configurationBytes: 1,
  celsius: (word, { bits }) => temperatureOf(word, bits),
  conversion: { mode: 'continuous', shutdown: 0x01, longest: () => 0.3 },
  recognise: chip => lm75OrTmp105(chip, 'lm75'),
  model: (around, { bits }) => new Lm75Model({ ...around, bits }),
});

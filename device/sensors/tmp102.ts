// The kind `tmp102`: a thermometer chip on I2C that converts on command (TI datasheet SBOS397).

import type { I2cChip } from '../host/i2c/i2c.ts';
import { Tmp102Model } from '../models/tmp102.ts';
import { placeOnly } from './i2c-kind.ts';
import { temperatureOf, thermometerKind } from './thermometer.ts';

const CONFIGURATION = 1;

/** Bits of the configuration ("Configuration Register"). ONE_SHOT starts a conversion, and reads 1 once it has ended. */
const ONE_SHOT = 0x8000;
const SHUTDOWN = 0x0100;
const ALERT = 0x0020;

/** The two resolution bits, which only the chip sets. */
const RESOLUTION = 0x6000;

/** Shut down between readings, which warms the chip less; alerts off. */
const CONFIGURED = RESOLUTION | SHUTDOWN;

/** After power-on: four conversions a second. */
const CONFIGURATION_AT_FIRST = 0x60a0;

export const tmp102 = thermometerKind({
  name: 'tmp102',
  title: 'TMP102 thermometer',
  description: 'A thermometer chip on I2C, -55 to 125 degree_Celsius in steps of 0.0625.',
  addresses: [0x48, 0x4b],
  options: placeOnly,
  example: { address: 0x49 },
  range: [-55, 125],
  resolution: () => 0.0625,
  // Typically; 0.035 s at most.
  conversionTime: () => 0.026,
  registers: { temperature: 0, configuration: CONFIGURATION },
  configurationBytes: 2,
  celsius: word => temperatureOf(word, 12),
  conversion: {
    mode: 'one-shot',
    configuration: () => CONFIGURED,
    start: ONE_SHOT,
    isEndShown: true,
    status: ALERT,
  },
  recognise: isTmp102,
  model: around => new Tmp102Model(around),
});

/** It has no identity, but after power-on and after a reading a configuration that no other chip at its addresses has. */
async function isTmp102(chip: I2cChip): Promise<boolean> {
  const configuration = (await chip.readWord(CONFIGURATION)) & ~(ONE_SHOT | ALERT);
  return configuration === (CONFIGURATION_AT_FIRST & ~ALERT) || configuration === CONFIGURED;
}

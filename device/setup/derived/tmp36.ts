// Derives the temperature from the voltage of a TMP36 (Analog Devices, TMP35/TMP36/TMP37 datasheet, output characteristics).

import { z } from 'zod';
import { derivation, millivoltsOf } from './derivation.ts';

/** 500 mV at 0 deg C, 10 mV/deg C. */
export const OFFSET_MV = 500;
export const SCALE_MV_PER_DEGREE = 10;

/** The range of the chip in degrees Celsius (specifications). */
const LOWEST = -40;
const HIGHEST = 125;

const millivoltsAt = (celsius: number) => OFFSET_MV + SCALE_MV_PER_DEGREE * celsius;

export const tmp36Derivation = derivation({
  name: 'tmp36',
  title: 'Thermometer TMP36',
  description: '(voltage - 500 mV) / (10 mV/degree_Celsius), from -40 to 125 degree_Celsius.',
  from: 'millivolts',
  options: z.strictObject({}),
  channel: (_options, { units, resolution }) => ({
    units: 'degree_Celsius',
    longName: 'Temperature',
    validRange: [LOWEST, HIGHEST],
    ...(resolution === undefined
      ? {}
      : { resolution: (resolution * (millivoltsOf(units) ?? 1)) / SCALE_MV_PER_DEGREE }),
  }),
  derive: (_options, millivolts) => {
    const celsius = (millivolts - OFFSET_MV) / SCALE_MV_PER_DEGREE;
    return celsius >= LOWEST && celsius <= HIGHEST ? celsius : Number.NaN;
  },
  expected: () => `${millivoltsAt(LOWEST)} to ${millivoltsAt(HIGHEST)} mV`,
});

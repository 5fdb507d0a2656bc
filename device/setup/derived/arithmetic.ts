// The derivations by plain arithmetic: a straight line, a polynomial, and the voltage before a resistor divider.

import { z } from 'zod';
import type { Channel } from '../../sensor.ts';
import { calibrated, calibratedRange, calibratedStep } from '../calibration.ts';
import { type DerivedChannel, derivation } from './derivation.ts';

const ANYTHING = 'a value whose result is a finite number';

const finite = (value: number) => (Number.isFinite(value) ? value : Number.NaN);

/** Range and resolution of the source after a straight line. */
function alongLine(
  source: Channel,
  scale: number,
  offset: number,
): Pick<DerivedChannel, 'validRange' | 'resolution'> {
  const line = { kind: 'linear', scale, offset } as const;
  const { validRange, resolution } = source;
  return {
    ...(validRange === undefined ? {} : { validRange: calibratedRange(line, validRange) }),
    ...(resolution === undefined ? {} : { resolution: calibratedStep(line, resolution) }),
  };
}

export const linear = derivation({
  name: 'linear',
  title: 'Straight line',
  description: 'value x scale + offset.',
  from: 'any',
  options: z.strictObject({
    scale: z
      .number()
      .refine(scale => scale !== 0)
      .default(1)
      .meta({ description: 'The factor.', expected: 'a number other than 0' }),
    offset: z.number().default(0).describe('What is added to it then, in the units of the new column.'),
  }),
  channel: ({ scale, offset }, source) => ({
    units: source.units,
    longName: source.longName,
    ...alongLine(source, scale, offset),
  }),
  derive: (options, value) => finite(calibrated({ kind: 'linear', ...options }, value)),
  expected: () => ANYTHING,
});

export const polynomial = derivation({
  name: 'polynomial',
  title: 'Polynomial',
  description: 'c0 + c1 x value + c2 x value^2 and so on: a calibration by several points.',
  from: 'any',
  options: z.strictObject({
    coefficients: z.array(z.number()).min(2).max(10).meta({
      description: 'c0, c1, c2 and so on.',
      expected: 'a list of two to ten numbers, the constant first',
    }),
  }),
  channel: (_options, { units, longName }) => ({ units, longName }),
  derive: ({ coefficients }, value) =>
    finite(coefficients.reduceRight((sum, coefficient) => sum * value + coefficient, 0)),
  expected: () => ANYTHING,
});

export const divider = derivation({
  name: 'divider',
  title: 'Voltage before a resistor divider',
  description:
    'voltage x (upper + lower) / lower: what two resistors brought down to what a converter can bear, such as that of a battery.',
  from: 'voltage',
  options: z.strictObject({
    upper: z
      .number()
      .gt(0)
      .max(1e9)
      .describe('The resistor between the voltage and the measured point, in ohms.'),
    lower: z.number().gt(0).max(1e9).describe('The resistor between the measured point and ground, in ohms.'),
  }),
  channel: ({ upper, lower }, source) => ({
    units: source.units,
    longName: 'Voltage before the divider',
    ...alongLine(source, (upper + lower) / lower, 0),
  }),
  derive: ({ upper, lower }, voltage) => finite((voltage * (upper + lower)) / lower),
  expected: () => ANYTHING,
});

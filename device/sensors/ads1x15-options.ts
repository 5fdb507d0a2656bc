// The options of `ads1115` and `ads1015`: which inputs are measured, in which ranges, and how fast.

import { z } from 'zod';
import type { PlaceShape } from './i2c-kind.ts';

/** The inputs, by the bits of the multiplexer: differences, then inputs against ground. */
export const INPUTS = [
  'AIN0-AIN1',
  'AIN0-AIN3',
  'AIN1-AIN3',
  'AIN2-AIN3',
  'AIN0',
  'AIN1',
  'AIN2',
  'AIN3',
] as const;

/** Volts of full scale, by the bits of the amplifier. */
export const RANGES = [6.144, 4.096, 2.048, 1.024, 0.512, 0.256] as const;

export type Input = (typeof INPUTS)[number];
export type Range = (typeof RANGES)[number];

interface Ranges {
  readonly range: Range;
  /** Other ranges for single inputs. */
  readonly ranges?: Readonly<Partial<Record<Input, Range | undefined>>> | undefined;
}

export interface Inputs extends Ranges {
  readonly inputs: readonly Input[];
}

/** The full scale of an input, in V. */
export function rangeOf(input: Input, { range, ranges }: Ranges): Range {
  return ranges?.[input] ?? range;
}

const rangeOption = z.union(RANGES.map(range => z.literal(range)));
const RANGE_EXPECTED = `one of ${RANGES.join(', ')} V`;

/** A range for each of the inputs. */
const rangesOption = z.strictObject(
  Object.fromEntries(
    INPUTS.map(input => [
      input,
      rangeOption.optional().meta({ description: `The range of ${input}, in V.`, expected: RANGE_EXPECTED }),
    ]),
  ) as Record<Input, z.ZodOptional<typeof rangeOption>>,
);

/** The options of a converter that has these rates, in conversions a second. */
export function optionsOf(place: PlaceShape, rates: readonly number[], usualRate: number) {
  return z
    .strictObject({
      ...place,
      inputs: z
        .array(z.enum(INPUTS))
        .min(1)
        .refine(inputs => new Set(inputs).size === inputs.length)
        .default(['AIN0', 'AIN1', 'AIN2', 'AIN3'])
        .meta({
          description:
            'The inputs to measure, in this order: against ground, such as AIN0, or differences, such as AIN0-AIN1.',
          expected: `a list of inputs, each once: ${INPUTS.join(', ')}`,
        }),
      range: rangeOption.default(4.096).meta({
        description:
          'The highest voltage that can be measured, in V. A lower range has finer steps. No input may be above the supply of the chip, whatever the range.',
        expected: RANGE_EXPECTED,
      }),
      ranges: rangesOption.optional().meta({
        description: 'Other ranges for single inputs, in V, such as {AIN2-AIN3: 0.256}.',
        expected: 'a mapping of inputs to ranges, such as {AIN2-AIN3: 0.256}',
      }),
      rate: z
        .union(rates.map(rate => z.literal(rate)))
        .default(usualRate)
        .meta({
          description: 'Conversions a second; a lower rate has less noise. Each input takes one conversion.',
          expected: `one of ${rates.join(', ')} a second`,
        }),
    })
    .refine(
      ({ inputs, ranges = {} }) =>
        INPUTS.every(input => ranges[input] === undefined || inputs.includes(input)),
      {
        path: ['ranges'],
        params: { expected: 'ranges of inputs that are measured', found: 'one of an input that is not' },
      },
    );
}

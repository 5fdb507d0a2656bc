// Derives the temperature of a thermistor (NTC) in a divider, by its Beta or by the equation of Steinhart and Hart.

import { z } from 'zod';
import { derivation } from './derivation.ts';

const ZERO_CELSIUS = 273.15;

/** Degrees Celsius; a temperature beyond these comes from a broken or shorted wire. */
const LOWEST = -80;
const HIGHEST = 300;

/** Converts a resistance in ohms to degrees Celsius. */
type Law = (ohms: number) => number;

const DIVIDER = {
  supply: z
    .number()
    .gt(0)
    .max(100_000)
    .describe(
      'The voltage across thermistor and resistor together, in mV: 3300 at the 3.3 V of a Raspberry Pi.',
    ),
  series: z.number().gt(0).max(1e8).describe('The resistor in series with the thermistor, in ohms.'),
  wired: z
    .enum(['low', 'high'])
    .default('low')
    .describe(
      'Where the thermistor is: low, between the measured point and ground, or high, between it and the supply.',
    ),
};

type Divider = z.output<z.ZodObject<typeof DIVIDER>>;

/** Ohms of the thermistor; NaN at and beyond the ends of the supply, where they would be 0 or infinite. */
function thermistorOhms({ supply, series, wired }: Divider, millivolts: number): number {
  if (!(millivolts > 0 && millivolts < supply)) return Number.NaN;
  const rest = supply - millivolts;
  return wired === 'low' ? (series * millivolts) / rest : (series * rest) / millivolts;
}

function celsiusOf(law: Law, divider: Divider, millivolts: number): number {
  const celsius = law(thermistorOhms(divider, millivolts));
  return celsius >= LOWEST && celsius <= HIGHEST ? celsius : Number.NaN;
}

function expected({ supply }: Divider): string {
  return `a voltage between 0 and ${supply} mV that is one of ${LOWEST} to ${HIGHEST} degree_Celsius (is the thermistor connected?)`;
}

const CHANNEL = { units: 'degree_Celsius', longName: 'Temperature', validRange: [LOWEST, HIGHEST] } as const;

export const ntcBeta = derivation({
  name: 'ntc-beta',
  title: 'Thermistor (NTC) by its Beta',
  description:
    '1/T = 1/T0 + ln(R/R0)/Beta, in K, with R from the divider that the thermistor is part of. What datasheets give as 10 kOhm at 25 degree_Celsius, B = 3950 K.',
  from: 'millivolts',
  options: z.strictObject({
    ...DIVIDER,
    resistance: z
      .number()
      .gt(0)
      .max(1e8)
      .default(10_000)
      .describe('R0, the resistance at the temperature `at`, in ohms.'),
    at: z.number().min(LOWEST).max(HIGHEST).default(25).describe('T0, in degree_Celsius.'),
    beta: z.number().min(500).max(10_000).default(3950).describe('Beta, in K.'),
  }),
  channel: () => CHANNEL,
  derive: ({ resistance, at, beta, ...divider }, millivolts) =>
    celsiusOf(
      ohms => 1 / (1 / (at + ZERO_CELSIUS) + Math.log(ohms / resistance) / beta) - ZERO_CELSIUS,
      divider,
      millivolts,
    ),
  expected,
});

export const ntcSteinhartHart = derivation({
  name: 'ntc-steinhart-hart',
  title: 'Thermistor (NTC) by Steinhart and Hart',
  description:
    '1/T = a + b ln(R) + c ln(R)^3, in K, R in ohms, from the divider that the thermistor is part of.',
  from: 'millivolts',
  options: z.strictObject({
    ...DIVIDER,
    a: z.number().describe('The coefficient a, such as 0.001129148.'),
    b: z.number().describe('The coefficient b, such as 0.000234125.'),
    c: z.number().describe('The coefficient c, such as 8.76741e-8.'),
  }),
  channel: () => CHANNEL,
  derive: ({ a, b, c, ...divider }, millivolts) =>
    celsiusOf(
      ohms => {
        const ln = Math.log(ohms);
        return 1 / (a + b * ln + c * ln ** 3) - ZERO_CELSIUS;
      },
      divider,
      millivolts,
    ),
  expected,
});

// The kind `tmp36-simulated`: a TMP36 outdoors, whose values are a pure function of seed and time.

import { z } from 'zod';
import { sensorKind } from '../kind.ts';
import { gaussian, mixBits, randomBits } from '../models/seeded-noise.ts';
import type { Channel, ComputedSensor } from '../sensor.ts';
import { OFFSET_MV, SCALE_MV_PER_DEGREE } from '../setup/derived/tmp36.ts';

/** The weather, in deg C and seconds: warmest in the afternoon (UTC), with gusts that take about a minute to pass. */
const MEAN = 20;
const DAILY_AMPLITUDE = 5;
const DAY = 86_400;
const WARMEST = 15 * 3600;
const GUST_DEVIATION = 0.3;
const NOISE_DEVIATION = 0.05;

/** Seconds between the knots of the interpolated daily course and gusts: half a gust, a power of 2. */
const KNOT = 32;

/** The noise changes each millisecond. */
const NOISES_PER_SEGMENT = 1000 * KNOT;

/**
 * Temperatures are whole multiples of 2^-10 deg C, so that Float64 and Float32 hold them and their voltages exactly:
 * 500 + 10 x temperature is the voltage and (voltage - 500) / 10 the temperature to the last bit.
 */
const STEPS_PER_DEGREE = 1024;

/** Measured from -40 to 125 deg C (datasheet, specifications). */
const CHANNELS: readonly Channel[] = [
  {
    name: 'voltage',
    units: 'mV',
    longName: 'TMP36 output voltage',
    validRange: [100, 1750],
    resolution: SCALE_MV_PER_DEGREE / STEPS_PER_DEGREE,
  },
  {
    name: 'temperature',
    units: 'degree_Celsius',
    longName: 'Air temperature',
    standardName: 'air_temperature',
    validRange: [-40, 125],
    resolution: 1 / STEPS_PER_DEGREE,
  },
];

export const tmp36Simulated = sensorKind({
  name: 'tmp36-simulated',
  title: 'TMP36 thermometer (simulated)',
  description:
    'A computed analogue thermometer outdoors, with a daily course, gusts and noise. Each value depends on seed and time only.',
  needs: [],
  options: z.strictObject({
    seed: z
      .int()
      .min(0)
      .max(4_294_967_295)
      .optional()
      .describe('Another seed gives other weather. By default the seed of the configuration.'),
  }),
  example: { seed: 7 },
  channels: () => CHANNELS,
  conversionTime: () => 0,
  open: async ({ seed }, host) => tmp36({ seed: seed ?? host.seed, now: () => host.clock.wall() }),
});

export interface SimulatedTmp36Options {
  /** Any whole number. */
  readonly seed: number;
  /** Seconds since 1970, for `read`. */
  readonly now?: () => number;
}

/**
 * Channels `voltage` (mV) and `temperature` (degree_Celsius): 20 deg C +-5 over a day (UTC), gusts of 0.3 deg C
 * standard deviation, noise of 0.05.
 */
export function tmp36({ seed, now = () => Date.now() / 1000 }: SimulatedTmp36Options): ComputedSensor {
  const gusts = randomBits(seed, 0);
  const noises = randomBits(seed, 1);
  const knot = (index: number) =>
    MEAN +
    DAILY_AMPLITUDE * Math.cos(((index * KNOT - WARMEST) * 2 * Math.PI) / DAY) +
    GUST_DEVIATION * gaussian(randomBits(gusts, index));

  const compute: ComputedSensor['compute'] = (times, [voltage, temperature]) => {
    if (voltage === undefined || temperature === undefined) {
      throw new RangeError('expected two columns, voltage and temperature');
    }
    let segment = Number.NaN;
    let start = Number.NaN;
    let end = Number.NaN;
    let segmentNoises = 0;
    for (let row = 0; row < times.length; row++) {
      const position = times[row]! / KNOT;
      const before = Math.floor(position);
      if (before !== segment) {
        start = before === segment + 1 ? end : knot(before);
        end = knot(before + 1);
        segment = before;
        segmentNoises = randomBits(noises, before);
      }
      const share = position - before;
      const smooth = start + (end - start) * share * share * (3 - 2 * share);
      const noise = gaussian(mixBits(segmentNoises ^ (share * NOISES_PER_SEGMENT + 0.5)));
      const celsius = Math.floor((smooth + NOISE_DEVIATION * noise) * STEPS_PER_DEGREE) / STEPS_PER_DEGREE;
      voltage[row] = OFFSET_MV + SCALE_MV_PER_DEGREE * celsius;
      temperature[row] = celsius;
    }
  };

  return {
    name: 'tmp36-simulated',
    channels: CHANNELS,
    compute,
    read: async () => {
      const columns = [new Float64Array(1), new Float64Array(1)];
      compute(Float64Array.of(now()), columns);
      return columns.map(column => column[0]!);
    },
    close: async () => {},
  };
}

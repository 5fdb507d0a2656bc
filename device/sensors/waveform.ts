// The kind `waveform`: a waveform with noise, drift, gaps, spikes and outages, computed from seed and time.

import { z } from 'zod';
import { sensorKind } from '../kind.ts';
import { gaussian, randomBits, uniform } from '../models/seeded-noise.ts';
import type { Channel, ComputedSensor } from '../sensor.ts';
import { duration, instant, instantOf } from '../written-options.ts';
import { SHAPES, type ShapeName, shapeOf } from './shapes.ts';

const LARGEST_SEED = 4_294_967_295;
const DAY = 86_400;

/** Random values change each millisecond. */
const DRAWS_PER_SECOND = 1000;

const share = (description: string) => z.number().min(0).max(1).default(0).describe(description);
/** Ten years at most. */
const LENGTHS = { low: 0.001, high: 315_576_000 };

const OPTIONS = z
  .strictObject({
    shape: z
      .enum(Object.keys(SHAPES) as [ShapeName, ...ShapeName[]])
      .default('sine')
      .describe(
        'The shape. A random-walk has the amplitude as its standard deviation, and no trend over more than a period.',
      ),
    mean: z.number().default(0).describe('The mean, in the units of the column.'),
    amplitude: z.number().default(1).describe('How far the values go from the mean, to either side.'),
    period: duration(LENGTHS, 'The length of a period.').prefault(60),
    phase: z.number().min(0).max(1).default(0).describe('The share of a period by which the shape is ahead.'),
    noise: z.number().min(0).default(0).describe('The standard deviation of noise that is added.'),
    drift: z.number().default(0).describe('The amount added per day since driftSince.'),
    driftSince: instant('The time when the drift is 0.').default('2025-01-01T00:00:00Z'),
    step: z
      .number()
      .min(0)
      .default(0)
      .describe('The step of a converter: values are whole multiples of it. 0 means no step.'),
    gaps: share('The share of values that are missing, at random.'),
    spikes: share('The share of values that are spikes, at random.'),
    spikeHeight: z.number().default(10).describe('How far a spike is above or below the value.'),
    outageEvery: duration(
      LENGTHS,
      'The time from one outage to the next; outages start at whole multiples of it since 1970.',
    ).optional(),
    outageLength: duration(
      LENGTHS,
      'The length of an outage. The sensor then fails as a real one does.',
    ).optional(),
    seed: z
      .int()
      .min(0)
      .max(LARGEST_SEED)
      .optional()
      .describe('Another seed gives other random values. By default the seed of the configuration.'),
  })
  .superRefine(({ outageEvery, outageLength }, context) => {
    const tell = (expected: string, found: string) =>
      context.addIssue({ code: 'custom', message: expected, params: { expected, found } });
    if ((outageEvery === undefined) !== (outageLength === undefined)) {
      tell(
        'outageEvery and outageLength together',
        outageEvery === undefined ? 'outageLength alone' : 'outageEvery alone',
      );
    } else if (outageEvery !== undefined && outageLength !== undefined && outageLength >= outageEvery) {
      tell('an outageLength that is shorter than outageEvery', `${outageLength} and ${outageEvery}`);
    }
  });

export type WaveformOptions = z.output<typeof OPTIONS>;

const CHANNEL: Channel = { name: 'value', units: '1', longName: 'Simulated value' };

function channelsOf({ step }: WaveformOptions): readonly Channel[] {
  return [step > 0 ? { ...CHANNEL, resolution: step } : CHANNEL];
}

export const waveform = sensorKind({
  name: 'waveform',
  title: 'Waveform (simulated)',
  description:
    'A value with a given shape, and on request the troubles of real ones: noise, drift, gaps, spikes, outages. Set the units and the name of its column with channels.',
  needs: [],
  options: OPTIONS,
  example: { shape: 'random-walk', mean: 54, amplitude: 6, period: 3600, noise: 0.05, step: 0.1 },
  channels: channelsOf,
  conversionTime: () => 0,
  open: async (options, host) => waveformSensor(options, options.seed ?? host.seed, () => host.clock.wall()),
});

function waveformSensor(options: WaveformOptions, seed: number, now: () => number): ComputedSensor {
  const { mean, amplitude, period, phase, noise, drift, step, gaps, spikes, spikeHeight } = options;
  const { outageEvery = Number.POSITIVE_INFINITY, outageLength = 0 } = options;
  const shape = shapeOf(options.shape, randomBits(seed, 0));
  const [noises, gapDraws, spikeDraws] = [1, 2, 3].map(index => randomBits(seed, index)) as [
    number,
    number,
    number,
  ];
  const driftSince = instantOf(options.driftSince)!;
  const isOut = (time: number) =>
    outageLength > 0 && time - Math.floor(time / outageEvery) * outageEvery < outageLength;

  const valueAt = (time: number): number => {
    const draw = Math.round(time * DRAWS_PER_SECOND);
    if (isOut(time) || (gaps > 0 && uniform(randomBits(gapDraws, draw)) < gaps)) return Number.NaN;
    let value = mean + amplitude * shape(time / period + phase);
    if (noise > 0) value += noise * gaussian(randomBits(noises, draw));
    if (drift !== 0) value += (drift * (time - driftSince)) / DAY;
    if (spikes > 0) {
      // The lowest bit hardly affects the choice of a spike, so it can choose the sign.
      const bits = randomBits(spikeDraws, draw);
      if (uniform(bits) < spikes) value += bits & 1 ? spikeHeight : -spikeHeight;
    }
    // Without the rounding error of the multiplication.
    return step > 0 ? Number((Math.round(value / step) * step).toPrecision(15)) : value;
  };

  const compute: ComputedSensor['compute'] = (times, [column]) => {
    if (column === undefined) throw new RangeError('expected one column');
    for (let row = 0; row < times.length; row++) column[row] = valueAt(times[row]!);
  };
  return {
    name: 'waveform',
    channels: channelsOf(options),
    compute,
    failure: time => (isOut(time) ? 'an outage, as it was asked for' : undefined),
    read: async () => [valueAt(now())],
    close: async () => {},
  };
}

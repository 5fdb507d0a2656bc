// The kind `waveform`: a waveform with noise, drift, gaps, spikes and outages: each value a function of seed and time.

import { z } from 'zod';
import { sensorKind } from '../kind.ts';
import { gaussian, randomBits, uniform } from '../models/seeded-noise.ts';
import type { Channel, ComputedSensor } from '../sensor.ts';
import { duration, instant, instantOf } from '../written-options.ts';
import { SHAPES, type ShapeName, shapeOf } from './shapes.ts';

const LARGEST_SEED = 4_294_967_295;
const DAY = 86_400;

/** What is drawn by chance is drawn anew each millisecond. */
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
        'The course about the mean. A random-walk stays near the mean for longer than a period, with the amplitude as its standard deviation.',
      ),
    mean: z.number().default(0).describe('The mean, in the units of the column.'),
    amplitude: z.number().default(1).describe('How far the course goes from the mean, to either side.'),
    period: duration(LENGTHS, 'How long a period lasts.').prefault(60),
    phase: z.number().min(0).max(1).default(0).describe('By which share of a period the course is ahead.'),
    noise: z.number().min(0).default(0).describe('The standard deviation of a noise on top of it.'),
    drift: z.number().default(0).describe('What is added each day, since the time driftSince.'),
    driftSince: instant('When the drift is 0.').default('2025-01-01T00:00:00Z'),
    step: z
      .number()
      .min(0)
      .default(0)
      .describe('Values are whole multiples of this, as those of a converter; 0 is none.'),
    gaps: share('The share of values, chosen by chance, that are missing.'),
    spikes: share('The share of values, chosen by chance, that are spikes.'),
    spikeHeight: z
      .number()
      .default(10)
      .describe('By how much a spike is above or below what would be there.'),
    outageEvery: duration(
      LENGTHS,
      'How often the sensor is pulled out: at the whole multiples of it since 1970.',
    ).optional(),
    outageLength: duration(
      LENGTHS,
      'How long it is out each time; it is then failing, as a real one would be.',
    ).optional(),
    seed: z
      .int()
      .min(0)
      .max(LARGEST_SEED)
      .optional()
      .describe("Another seed is another chance; without one, the configuration's own seed counts."),
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
    'A value that moves as it is told, with the troubles of real ones if wanted: noise, drift, gaps, spikes, outages. Its column gets units and a name by channels.',
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
      // The bits that have chosen the spike say nothing of its sign.
      const bits = randomBits(spikeDraws, draw);
      if (uniform(bits) < spikes) value += bits & 1 ? spikeHeight : -spikeHeight;
    }
    // Without what the multiplication adds at the end.
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

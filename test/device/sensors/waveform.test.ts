import { describe, expect, it } from 'vitest';
import { openDevice } from '../../../device/sampling/device.ts';
import type { ComputedSensor } from '../../../device/sensor.ts';
import { waveform } from '../../../device/sensors/waveform.ts';
import { setUpSensor } from '../../../device/setup/column-setup.ts';
import { sensorOpener } from '../../../device/setup/sensor-opener.ts';
import { FakeClock } from '../fake-clock.ts';
import { column, take } from '../fake-sensors.ts';
import { hostOf } from '../known-sensors.ts';

const START = 1_800_000_000;

async function opened(options: object, seed = 1): Promise<ComputedSensor> {
  const sensor = await waveform.open(waveform.options.parse(options), hostOf({ seed }));
  return sensor as ComputedSensor;
}

/** The values at `count` times, `step` seconds apart. */
async function values(options: object, count: number, step = 1, seed = 1): Promise<number[]> {
  const times = Float64Array.from({ length: count }, (_, row) => START + row * step);
  const into = new Float64Array(count);
  (await opened(options, seed)).compute(times, [into]);
  return [...into];
}

const mean = (numbers: readonly number[]) =>
  numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
const deviation = (numbers: readonly number[]) => {
  const middle = mean(numbers);
  return Math.sqrt(mean(numbers.map(number => (number - middle) ** 2)));
};

describe('a waveform', () => {
  it.each([
    ['sine', [0, 1, 0, -1]],
    ['triangle', [0, 1, 0, -1]],
    ['square', [1, 1, -1, -1]],
    ['sawtooth', [0, 0.5, -1, -0.5]],
    ['constant', [0, 0, 0, 0]],
  ])('takes the course of a %s about its mean', async (shape, quarters) => {
    const found = await values({ shape, mean: 20, amplitude: 5, period: 4 }, 8);
    for (const [index, value] of found.entries()) expect(value).toBeCloseTo(20 + 5 * quarters[index % 4]!, 9);
  });

  it('is ahead by its phase, and rises by its drift', async () => {
    expect((await values({ period: 4, phase: 0.25 }, 1))[0]).toBeCloseTo(1, 9);
    const since = new Date((START - 2 * 86_400) * 1000).toISOString();
    const drifting = await values({ shape: 'constant', drift: 0.5, driftSince: since }, 2, 86_400);
    expect(drifting[0]).toBeCloseTo(1, 9);
    expect(drifting[1]).toBeCloseTo(1.5, 9);
  });

  it('walks at random with steps whose variance grows with time, about its mean', async () => {
    const period = 8192;
    const walk = await values({ shape: 'random-walk', mean: 10, amplitude: 2, period }, 200_000, 4);
    expect(Math.abs(mean(walk) - 10)).toBeLessThan(0.3);
    expect(Math.abs(deviation(walk) - 2)).toBeLessThan(0.3);
    const step = (rows: number) => deviation(walk.slice(rows).map((value, row) => value - walk[row]!));
    for (const rows of [4, 16, 64]) expect(step(4 * rows) / step(rows)).toBeCloseTo(2, 0);
  });

  it('has noise of the deviation that was asked for', async () => {
    const noisy = await values({ shape: 'constant', mean: 3, noise: 0.25 }, 20_000);
    expect(mean(noisy)).toBeCloseTo(3, 1);
    expect(deviation(noisy)).toBeCloseTo(0.25, 1);
  });

  it('has as many gaps and spikes as it was asked for', async () => {
    const troubled = await values({ shape: 'constant', gaps: 0.1, spikes: 0.05, spikeHeight: 7 }, 20_000);
    const gaps = troubled.filter(Number.isNaN).length;
    const [up, down] = [7, -7].map(height => troubled.filter(value => value === height).length);
    expect(gaps / 20_000).toBeCloseTo(0.1, 1);
    expect(Math.abs(gaps - 2000)).toBeLessThan(200);
    expect(Math.abs(up! - 450)).toBeLessThan(100);
    expect(Math.abs(down! - 450)).toBeLessThan(100);
    expect(troubled.filter(value => value === 0).length).toBe(20_000 - gaps - up! - down!);
  });

  it('steps as a converter does', async () => {
    const stepped = await values({ amplitude: 100, step: 0.5, period: 7 }, 100);
    expect(stepped.filter(value => !Number.isInteger(value * 2))).toEqual([]);
    expect((await opened({ step: 0.5 })).channels[0]?.resolution).toBe(0.5);
  });

  it('is the same for the same seed and time, however it is asked for, and another for another seed', async () => {
    const options = { shape: 'random-walk', noise: 1, gaps: 0.1, spikes: 0.1, amplitude: 3 };
    const all = await values(options, 100);
    expect(await values(options, 100)).toEqual(all);
    const sensor = await opened(options);
    const one = new Float64Array(1);
    for (const row of [70, 3, 99]) {
      sensor.compute(Float64Array.of(START + row), [one]);
      expect(one[0]).toBe(all[row]);
    }
    expect(await values(options, 100, 1, 2)).not.toEqual(all);
    expect(await values({ ...options, seed: 1 }, 100, 1, 2)).toEqual(all);
  });

  it('gives rows as fast as they are asked for', async () => {
    const setup = setUpSensor(waveform, waveform.options.parse({ mean: 5 }));
    const device = await openDevice({ sensors: [sensorOpener(setup, hostOf(), false)], interval: 0 });
    expect(device.computed).toBe(true);
    const stop = new AbortController();
    const batches = await take(device.rows(stop.signal, { from: START }), 3);
    expect(column(batches, 1)).toEqual(await values({ mean: 5 }, column(batches, 1).length));
    stop.abort();
    await device.close();
  });
});

describe('an outage by schedule', () => {
  const options = { shape: 'constant', mean: 5, outageEvery: 60, outageLength: 10 };

  it('leaves the values out, at the same times each time', async () => {
    const found = await values(options, 180);
    for (const [row, value] of found.entries()) expect(value).toEqual(row % 60 < 10 ? Number.NaN : 5);
  });

  it('is a sensor that fails and comes back, as a real one', async () => {
    const clock = new FakeClock(START - 3);
    const events: string[] = [];
    const setup = setUpSensor(waveform, waveform.options.parse(options));
    const device = await openDevice({
      sensors: [sensorOpener(setup, hostOf({ clock }), false)],
      interval: 1,
      clock,
      onEvent: event => events.push(event.kind === 'sensor-failing' ? event.error : event.kind),
    });
    const stop = new AbortController();
    const found = column(await take(device.rows(stop.signal), 40), 1);
    expect(found.slice(0, 4).filter(value => value === 5).length).toBeGreaterThanOrEqual(2);
    expect(found.slice(4, 12)).toEqual(Array(8).fill(Number.NaN));
    expect(found.at(-1)).toBe(5);
    expect(events).toEqual(['an outage, as it was asked for', 'sensor-back']);
    stop.abort();
    await device.close();
  });

  it('is told in full or not at all', () => {
    const problems = (options: object) =>
      waveform.options.safeParse(options).error?.issues.map(({ message }) => message);
    expect(problems({ outageEvery: 60 })).toEqual(['outageEvery and outageLength together']);
    expect(problems({ outageLength: 60 })).toEqual(['outageEvery and outageLength together']);
    expect(problems({ outageEvery: 60, outageLength: 60 })).toEqual([
      'an outageLength that is shorter than outageEvery',
    ]);
    expect(problems({ outageEvery: 60, outageLength: 59 })).toBeUndefined();
  });
});

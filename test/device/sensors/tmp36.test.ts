import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tmp36 } from '../../../device/sensors/tmp36.ts';
import { processorTime } from '../../processor-time.ts';
import { valuesOf } from '../fake-sensors.ts';

const START = 1_800_000_000;

function celsius(seed: number, times: Float64Array): Float64Array {
  const columns = [new Float64Array(times.length), new Float64Array(times.length)] as const;
  tmp36({ seed }).compute(times, columns);
  return columns[1];
}

const every = (seconds: number, count: number, from = START) =>
  Float64Array.from({ length: count }, (_, row) => from + row * seconds);

const mean = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;

const deviation = (values: ArrayLike<number>) => {
  const middle = mean(values);
  return Math.sqrt(mean(Array.from(values, value => (value - middle) ** 2)));
};

const differences = (values: Float64Array) => values.slice(1).map((value, row) => value - values[row]!);

describe('the simulated TMP36', () => {
  it('declares millivolts and degrees as CF and UDUNITS spell them', () => {
    const [voltage, temperature] = tmp36({ seed: 1 }).channels;
    expect(voltage).toMatchObject({ name: 'voltage', units: 'mV' });
    expect(temperature).toMatchObject({
      name: 'temperature',
      units: 'degree_Celsius',
      standardName: 'air_temperature',
    });
  });

  it('has voltages that are those of its temperatures by the datasheet, exactly, in Float32 too', () => {
    const times = every(0.7, 20_000);
    for (const Column of [Float64Array, Float32Array]) {
      const [voltage, temperature] = [new Column(times.length), new Column(times.length)];
      tmp36({ seed: 3 }).compute(times, [voltage, temperature]);
      expect(voltage).toEqual(temperature.map(celsius => 500 + 10 * celsius));
      expect(temperature).toEqual(voltage.map(millivolts => (millivolts - 500) / 10));
      expect(new Set(temperature).size).toBeGreaterThan(100);
    }
  });

  it('shows a day: warm in the afternoon, cold at night, about 10 degrees apart', () => {
    const midnight = START - (START % 86_400);
    const day = celsius(1, every(10, 8640, midnight));
    const hour = (from: number) => mean(day.subarray(from * 360, (from + 1) * 360));
    expect(hour(15) - hour(3)).toBeGreaterThan(9);
    expect(hour(15) - hour(3)).toBeLessThan(11);
    expect(mean(day)).toBeCloseTo(20, 0);
    expect(Math.min(...day)).toBeGreaterThan(12);
    expect(Math.max(...day)).toBeLessThan(28);
  });

  it('shows movement within a minute, and more than noise', () => {
    const minutes = Array.from({ length: 60 }, (_, minute) => celsius(1, every(1, 60, START + minute * 60)));
    const ranges = minutes.map(values => mean(values.subarray(0, 10)) - mean(values.subarray(30, 40)));
    expect(Math.max(...ranges.map(Math.abs))).toBeGreaterThan(0.3);
    expect(ranges.filter(range => Math.abs(range) > 0.1).length).toBeGreaterThan(20);
  });

  it('has noise of about 0.05 degrees that is drawn anew each millisecond', () => {
    const close = differences(celsius(1, every(0.001, 20_000)));
    expect(deviation(close) / Math.SQRT2).toBeCloseTo(0.05, 2);
    expect(Math.abs(mean(close))).toBeLessThan(0.001);
    const [first, ...rest] = close;
    const products = rest.map((value, row) => value * (row === 0 ? first! : rest[row - 1]!));
    expect(mean(products) / 0.05 ** 2).toBeCloseTo(-1, 0);
  });

  it('runs on without jumps', () => {
    const smooth = celsius(1, every(1, 50_000));
    expect(Math.max(...differences(smooth).map(Math.abs))).toBeLessThan(0.5);
  });

  it('is the same in each run of a seed, and different for another', () => {
    const times = every(1, 1000);
    expect(celsius(5, times)).toEqual(celsius(5, times));
    expect(celsius(5, times)).not.toEqual(celsius(6, times));
  });

  it('is a function of time alone, whatever is computed along with it', () => {
    const time = fc.double({ min: 0, max: 4e9, noNaN: true });
    fc.assert(
      fc.property(fc.array(time, { minLength: 1, maxLength: 50 }), times => {
        const together = celsius(7, Float64Array.from(times));
        const alone = times.map(one => celsius(7, Float64Array.of(one))[0]!);
        expect([...together]).toEqual(alone);
      }),
    );
  });

  it('reads what it computes for now', async () => {
    const sensor = tmp36({ seed: 2, now: () => START + 12.5 });
    const [voltage, temperature] = await valuesOf(sensor);
    expect(temperature).toBe(celsius(2, Float64Array.of(START + 12.5))[0]);
    expect(voltage).toBe(500 + 10 * temperature!);
  });

  it('computes a million rows a second at the very least', () => {
    const times = every(1, 1_000_000);
    expect(processorTime(() => celsius(1, times)).milliseconds).toBeLessThan(1000);
  });
});

import { describe, expect, it } from 'vitest';
import { channelValue, columnRange, columnStep } from '../../../device/sampling/columns.ts';
import type { ChannelType } from '../../../device/sensor.ts';

const stored = (type: ChannelType, value: number) =>
  channelValue({ name: 'a', units: '1', longName: 'A', type }, value);

describe('the number that a column stores', () => {
  it('is rounded as the type of the column is', () => {
    expect(stored('Float64', 21.3)).toBe(21.3);
    expect(stored('Float32', 21.3)).toBe(Math.fround(21.3));
    expect([stored('Int32', -21.3), stored('UInt32', 21.7)]).toEqual([-21, 22]);
  });

  it.each<[ChannelType, number, number]>([
    ['Float64', Number.POSITIVE_INFINITY, Number.NaN],
    ['Float64', Number.NaN, Number.NaN],
    ['Float32', 1e39, Number.NaN],
    ['Float32', Number.NEGATIVE_INFINITY, Number.NaN],
    ['Int32', 2 ** 31, -2147483647],
    ['UInt32', -1, 4294967295],
    ['UInt32', Number.NaN, 4294967295],
  ])('stands for no value in a %s column where it is %d, which that cannot hold', (type, value, expected) => {
    expect(stored(type, value)).toBe(expected);
  });
});

describe('the range of a column of whole numbers', () => {
  it('has whole bounds, or does not exist without a whole number in it', () => {
    expect(columnRange('Int32', [-0.5, 4.096])).toEqual([-0, 4]);
    expect(columnRange('UInt32', [-5, 1e12])).toEqual([0, 4294967295]);
    expect(columnRange('Int32', [0.2, 0.8])).toBeUndefined();
    expect(columnRange('Float64', [0.2, 0.8])).toEqual([0.2, 0.8]);
  });

  it('is a step of 1 at least', () => {
    expect([columnStep('Int32', 0.0625), columnStep('UInt32', 4)]).toEqual([1, 4]);
    expect([columnStep('Float64', 0.0625), columnStep('Float32', 0.5)]).toEqual([0.0625, 0.5]);
  });
});

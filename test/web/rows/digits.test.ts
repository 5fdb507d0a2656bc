import { describe, expect, it } from 'vitest';
import { Digits, stepDecimals } from '../../../web/rows/digits.ts';

const FLOAT = { kind: 'real', type: 'Float64', resolution: undefined, meaning: undefined } as const;

function decimalsOf(
  values: Iterable<number>,
  column: Partial<ConstructorParameters<typeof Digits>[0]> = {},
): number {
  const digits = new Digits({ ...FLOAT, ...column });
  for (const value of values) digits.add(value);
  return digits.decimals;
}

const many = (count: number, value: (index: number) => number) =>
  Array.from({ length: count }, (_, i) => value(i));

describe('the digits of a resolution', () => {
  it.each([
    [1, 0],
    [0.5, 1],
    [0.25, 2],
    [0.1, 1],
    [0.0625, 2],
    [0.01, 2],
    [0.008, 3],
    [0.0018, 3],
    [0.075, 1],
    [0.025, 3],
    [1 / 1024, 3],
    [3300 / 1024, 0],
    [10, 0],
    [0.015 * 0.1, 4],
    [1e-12, 9],
  ])('of %d are %d', (step, decimals) => {
    expect(stepDecimals(step)).toBe(decimals);
  });

  it('count, whatever the values are', () => {
    expect(decimalsOf([25, 1.23456, 5000], { resolution: 0.1 })).toBe(1);
  });

  it('are those of the scale where whole numbers are packed', () => {
    expect(decimalsOf([], { type: 'Int16', meaning: { scale: 0.01, offset: 20 } })).toBe(2);
    expect(decimalsOf([], { type: 'Int16', meaning: { scale: 10, offset: 0.5 } })).toBe(1);
    expect(decimalsOf([], { kind: 'integer', type: 'Int32' })).toBe(0);
  });
});

describe('the digits of values that come without a resolution', () => {
  it('are their own, also where some end with a 0', () => {
    expect(decimalsOf([1.1, 1.12, 1])).toBe(2);
    expect(decimalsOf([25, 26])).toBe(1);
    expect(decimalsOf([0, 0, -0.05])).toBe(2);
  });

  it('are those that a Float32 was written with', () => {
    expect(decimalsOf([1.1, 21.75, -0.3].map(Math.fround), { type: 'Float32' })).toBe(2);
  });

  it('do not change with one odd value, however large or fine', () => {
    const usual = many(200, index => 1.1 + (index % 10) / 100);
    expect(decimalsOf(usual.map(value => Number(value.toFixed(2))))).toBe(2);
    expect(decimalsOf([...usual.map(value => Number(value.toFixed(2))), 5000, 1.234567])).toBe(2);
  });

  it('are four in all where the values were reckoned, and stay about a power of ten', () => {
    expect(decimalsOf(many(100, index => 20 + Math.sin(index)))).toBe(2);
    expect(decimalsOf(many(100, index => 10 + Math.sin(index) / 2))).toBe(2);
    expect(decimalsOf([...many(100, index => 20 + Math.sin(index)), ...many(3, () => 1e6 / 3)])).toBe(2);
    expect(decimalsOf(many(100, index => 1000 / 3 + index / 7))).toBe(1);
  });

  it('are steady in a product, of whose values some end with the last digits of the machine', () => {
    const digits = new Digits(FLOAT);
    const changes: number[] = [];
    for (let index = 0; index < 500; index++) {
      // Steps of 0.004 V and of 0.1 mA.
      digits.add(((1250 + (index % 7)) / 250) * ((1234 + ((index * 37) % 90)) / 10));
      if (digits.decimals !== changes.at(-1)) changes.push(digits.decimals);
    }
    expect(changes.length).toBeLessThanOrEqual(2);
  });

  it('are none of a sum whose last digits are those of the machine', () => {
    expect(decimalsOf([0.3, 0.1 + 0.2, 0.5, 0.25])).toBe(2);
  });
});

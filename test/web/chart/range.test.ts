import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { axisFor, axisTicks, decimalsOf } from '../../../web/chart/range.ts';

const value = fc.double({ min: -1e12, max: 1e12, noNaN: true });
const extent = fc.tuple(value, value).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) }));

describe('an axis', () => {
  it('holds the data between round numbers, in a readable number of steps', () => {
    fc.assert(
      fc.property(extent, fc.integer({ min: 2, max: 10 }), (data, sections) => {
        const axis = axisFor(data, sections);
        const ticks = axisTicks(axis);
        expect(axis.min).toBeLessThanOrEqual(data.min);
        expect(axis.max).toBeGreaterThanOrEqual(data.max);
        expect(ticks.length).toBeGreaterThanOrEqual(2);
        expect(ticks.length).toBeLessThanOrEqual(sections + 3);
        const mantissa = axis.step / 10 ** Math.floor(Math.log10(axis.step) + 1e-9);
        expect([1, 2, 5, 10].some(round => Math.abs(mantissa - round) < 1e-6)).toBe(true);
      }),
    );
  });

  it('leaves room on both sides, below zero as well', () => {
    const { min, max } = axisFor({ min: -20, max: -10 }, 4);
    expect(min).toBeLessThan(-20);
    expect(max).toBeGreaterThan(-10);
    expect(max - min).toBeLessThanOrEqual(20);
  });

  it('shows a flat signal as a line in the middle, not its rounding errors', () => {
    const { min, max } = axisFor({ min: 1013.25, max: 1013.25 }, 4);
    expect(max - min).toBeGreaterThan(0.5);
    expect((max + min) / 2).toBeCloseTo(1013.25, 0);
    expect(axisFor({ min: 0, max: 0 }, 4)).toMatchObject({ min: 0, step: 0.2 });
  });

  it('does not go below zero for what never does', () => {
    expect(axisFor({ min: 0.4, max: 99 }, 4).min).toBe(0);
    expect(axisFor({ min: -99, max: -0.4 }, 4).max).toBe(0);
  });

  it('stays while the data stay about as they are', () => {
    const axis = axisFor({ min: 20, max: 22 }, 4);
    expect(axisFor({ min: 20.2, max: 21.9 }, 4, axis)).toBe(axis);
    expect(axisFor({ min: 20.2, max: 23.5 }, 4, axis)).not.toBe(axis);
    expect(axisFor({ min: 20.9, max: 21 }, 4, axis)).not.toBe(axis);
  });
});

describe('the ticks of an axis', () => {
  it('are multiples of its step, as exact as can be', () => {
    expect(axisTicks({ min: 0.1, max: 0.4, step: 0.1 })).toEqual([0.1, 0.2, 0.30000000000000004, 0.4]);
    expect(axisTicks({ min: -20, max: 20, step: 20 })).toEqual([-20, 0, 20]);
  });

  it.each([
    [0.1, 1],
    [0.05, 2],
    [0.001, 3],
    [1, 0],
    [20, -1],
    [5e11, -11],
  ])('%d apart need %d digits', (step, digits) => {
    expect(decimalsOf(step)).toBeCloseTo(digits);
  });
});

import { describe, expect, it } from 'vitest';
import { Spacing } from '../../../web/stream/spacing.ts';

function spacingOf(times: Iterable<number>): Spacing {
  const spacing = new Spacing();
  for (const time of times) spacing.add(time);
  return spacing;
}

describe('how far apart rows usually are', () => {
  it('is not known before two rows have come', () => {
    expect(spacingOf([]).usual).toBeUndefined();
    expect(spacingOf([5]).usual).toBeUndefined();
    expect(spacingOf([5]).median).toBeUndefined();
    expect(spacingOf([5]).last).toBe(5);
  });

  it('is the interval of regular rows, whatever was missing between some', () => {
    const spacing = spacingOf([0, 100, 200, 300, 400, 500, 600, 700, 800, 900, 60_000, 60_100]);
    expect(spacing.usual).toBe(100);
    expect(spacing.median).toBe(100);
  });

  it('is a long gap of irregular rows', () => {
    const spacing = spacingOf([0, 10, 20, 30, 40, 540, 1040, 1050, 1060, 1070, 1080]);
    expect(spacing.usual).toBe(500);
    expect(spacing.median).toBe(10);
  });

  it('forgets an interval that was changed', () => {
    const slow = Array.from({ length: 50 }, (_, index) => index * 1000);
    const fast = Array.from({ length: 100 }, (_, index) => 50_000 + index * 10);
    expect(spacingOf([...slow, ...fast]).usual).toBe(10);
  });
});

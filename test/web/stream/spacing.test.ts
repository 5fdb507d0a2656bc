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

  it('is the same as that of all gaps in their order of length, whatever they are', () => {
    let seed = 1;
    const random = () => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed / 2_147_483_647;
    };
    const gaps = Array.from(
      { length: 500 },
      () => 1 + Math.floor(random() * 9) * 10 ** Math.floor(random() * 4),
    );
    const spacing = new Spacing();
    let time = 0;
    spacing.add(time);
    for (const [index, gap] of gaps.entries()) {
      time += gap;
      spacing.add(time);
      const last = gaps.slice(Math.max(0, index - 63), index + 1).sort((a, b) => a - b);
      expect(spacing.usual).toBe(last[Math.max(0, Math.ceil(last.length * 0.9) - 1)]);
      expect(spacing.median).toBe(last[Math.max(0, Math.ceil(last.length * 0.5) - 1)]);
    }
  });
});

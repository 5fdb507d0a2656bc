import { describe, expect, it } from 'vitest';
import { ColumnRanges, groupsBySpan } from '../../../web/chart/column-groups.ts';
import { filled, type Point } from '../rows/lines.ts';

const groups = (spans: readonly (number | undefined)[], current?: readonly (readonly number[])[]) =>
  groupsBySpan([...spans.keys()], column => spans[column], current);

describe('columns of one unit', () => {
  it('share a chart while their ranges differ no more than tenfold', () => {
    expect(groups([1, 9.9])).toEqual([[0, 1]]);
    expect(groups([1, 10.1])).toEqual([[0], [1]]);
    expect(groups([1, 500, 5, 80])).toEqual([
      [0, 2],
      [1, 3],
    ]);
  });

  it('share it while their ranges are not known, and stay where they are', () => {
    expect(groups([undefined, undefined])).toEqual([[0, 1]]);
    expect(groups([1, 100, undefined], [[0, 1, 2]])).toEqual([[0, 2], [1]]);
    expect(groups([1, 100, undefined], [[0], [1, 2]])).toEqual([[0], [1, 2]]);
    expect(groups([])).toEqual([[]]);
  });

  it('keep the charts that they have until these are too different, or all alike', () => {
    const split = [[0], [1]];
    for (const large of [30, 5, 2.1, 9, 12]) expect(groups([1, large], split)).toBe(split);
    expect(groups([1, 1.9], split)).toEqual([[0, 1]]);
    const whole = [[0, 1]];
    for (const large of [30, 5]) expect(groups([1, large], whole) === whole).toBe(large === 5);
  });

  it('are all there, once each', () => {
    const spans = Array.from({ length: 64 }, (_, index) => (index % 7 === 3 ? undefined : 10 ** (index % 5)));
    const all = groups(spans)
      .flat()
      .toSorted((a, b) => a - b);
    expect(all).toEqual([...spans.keys()]);
    expect(groups(spans)).toHaveLength(3);
  });
});

describe('the range of a column', () => {
  const line = (values: readonly number[]) =>
    filled(
      1,
      1e9,
      values.map((value, index): Point => [10 * index, value]),
    );

  it('is that of most of its values: not of a spike, nor of noise', () => {
    const ranges = new ColumnRanges();
    const wave = Array.from({ length: 200 }, (_, index) => 20 + 5 * Math.sin(index / 10));
    wave[77] = 8500;
    ranges.addLine(0, line(wave));
    expect(ranges.spanOf(0)).toBeGreaterThan(8);
    expect(ranges.spanOf(0)).toBeLessThanOrEqual(10);
    ranges.addLine(1, line(Array.from({ length: 100 }, (_, index) => 1000 + (index % 2) * 0.01)));
    expect(ranges.spanOf(1)).toBeCloseTo(20, 0);
  });

  it('is not known of few values, of zeros and of a column without values', () => {
    const ranges = new ColumnRanges();
    ranges.addLine(0, line([1, 2, 3]));
    ranges.addLine(1, line(Array.from({ length: 50 }, () => 0)));
    ranges.addLine(2, line(Array.from({ length: 50 }, () => Number.NaN)));
    expect([0, 1, 2, 3].map(column => ranges.spanOf(column))).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });

  it('only grows, with what the past has too', () => {
    const ranges = new ColumnRanges();
    ranges.addLine(0, line(Array.from({ length: 50 }, (_, index) => index % 10)));
    const before = ranges.spanOf(0)!;
    ranges.addLine(0, line(Array.from({ length: 50 }, () => 5)));
    expect(ranges.spanOf(0)).toBe(before);
    const values = Array.from({ length: 50 }, (_, index) => (index === 3 ? null : 100 * index));
    ranges.addPast(0, { least: values, mean: values, greatest: values });
    expect(ranges.spanOf(0)).toBeGreaterThan(4000);
  });
});

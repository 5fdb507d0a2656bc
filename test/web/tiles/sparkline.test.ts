import { expect, it } from 'vitest';
import { sparkPath } from '../../../web/tiles/sparkline.ts';

const line = (...low: (number | undefined)[]) => ({ low, high: low });

it('draws a line from the least to the greatest value, and breaks it where minutes lack', () => {
  expect(sparkPath(line(0, 10, 5), 0)).toBe('M0 22L1 2L2 12');
  expect(sparkPath(line(0, 10, undefined, 5, 5), 0)).toBe('M0 22L1 2M3 12L4 12');
});

it('joins the minutes of rows that come less often than each minute', () => {
  expect(sparkPath(line(0, undefined, undefined, 10), 2)).toBe('M0 22L3 2');
  expect(sparkPath(line(0, undefined, undefined, 10), 1)).toBe('M0 22L0 22h.01M3 2L3 2h.01');
});

it('draws a band where a minute has more than one value', () => {
  expect(sparkPath({ low: [0, 2], high: [8, 10] }, 0)).toBe('M0 22L1 18L1 2L0 6Z');
});

it('draws equal values in the middle, and nothing without a value', () => {
  expect(sparkPath(line(7, 7), 0)).toBe('M0 12L1 12');
  expect(sparkPath(line(undefined, undefined), 0)).toBe('');
});

it('draws a last digit that flickers as low as it is', () => {
  const series = { low: [20.1, 20.2], high: [20.1, 20.2] };
  expect(sparkPath(series, 0)).toBe('M0 22L1 2');
  expect(sparkPath(series, 0, 1)).toBe('M0 13L1 11');
});

import { expect, it } from 'vitest';
import { ClockDifference } from '../../../web/chart/clock-difference.ts';

it('is told from 5 s on, in either direction', () => {
  const difference = new ClockDifference();
  difference.arrived(0);
  difference.arrived(2000);
  expect(difference.text(1_004_900, 1_000_000)).toBe('');
  expect(difference.text(995_100, 1_000_000)).toBe('');
  expect(difference.text(1_005_000, 1_000_000)).toBe('server clock 5.0 s ahead of this browser’s');
  expect(difference.text(880_000, 1_000_000)).toBe('server clock 2 min behind this browser’s');
  expect(difference.text(undefined, 1_000_000)).toBe('');
});

it('is not told of rows that are old, before one has come that is new', () => {
  const difference = new ClockDifference();
  difference.arrived(0);
  difference.arrived(100);
  expect(difference.text(0, 3_600_000)).toBe('');
  difference.arrived(2000);
  expect(difference.text(0, 3_600_000)).not.toBe('');
  difference.restart();
  difference.arrived(9000);
  expect(difference.text(0, 3_600_000)).toBe('');
});

it('is told of rows from the future at once', () => {
  const difference = new ClockDifference();
  difference.arrived(0);
  expect(difference.text(60_000, 0)).toBe('server clock 60 s ahead of this browser’s');
});

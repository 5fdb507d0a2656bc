import { describe, expect, it } from 'vitest';
import {
  timeStep,
  timeTicks,
  writeClock,
  writeDate,
  writeDuration,
  writeSpan,
  writeTick,
  writeZone,
} from '../../../web/text/times.ts';

const AT = new Date(2026, 10, 5, 4, 3, 9, 50).getTime();

describe('lines of the time axis', () => {
  it.each([
    [30_000, 10, 5000],
    [120_000, 10, 15_000],
    [600_000, 10, 60_000],
    [3_600_000, 5, 900_000],
    [86_400_000, 10, 3 * 3_600_000],
    [1000, 10, 100],
  ])('in %d ms with room for %d are %d ms apart', (span, lines, step) => {
    expect(timeStep(span, lines)).toBe(step);
  });

  it('are multiples of their distance', () => {
    expect(timeTicks(1001, 4000, 1000)).toEqual([2000, 3000, 4000]);
    expect(timeTicks(5, 3, 1000)).toEqual([]);
  });

  it('say as much as tells them apart', () => {
    expect(writeTick(AT, 200, true)).toBe('04:03:09.050');
    expect(writeTick(AT, 5000, true)).toBe('04:03:09');
    expect(writeTick(AT, 60_000, true)).toBe('04:03');
    expect(writeTick(AT, 86_400_000, true)).toBe('2026-11-05');
    expect(writeTick(125_000, 5000, false)).toBe('0:02:05');
  });
});

it('writes times and dates where the browser is', () => {
  expect(writeClock(AT)).toBe('04:03:09');
  expect(writeClock(AT, true)).toBe('04:03:09.050');
  expect(writeDate(AT)).toBe('2026-11-05');
  expect(writeClock(Number.NaN)).toBe('');
  expect(writeDate(9e15)).toBe('');
});

it('writes spans', () => {
  expect(writeSpan(-3_725_250, true)).toBe('−1:02:05.250');
  expect(writeSpan(99 * 3_600_000)).toBe('99:00:00');
  expect(writeSpan(9000 * 86_400_000 + 3_725_000)).toBe('9000 d 1:02:05');
});

it.each([
  [0, '0 s'],
  [400, '0.4 s'],
  [1000, '1.0 s'],
  [12_345, '12 s'],
  [180_000, '3 min'],
  [7_500_000, '2 h 5 min'],
  [7_200_000, '2 h'],
  [4 * 86_400_000, '4 d'],
  [-5, '0 s'],
])('%d ms last %s', (millis, text) => {
  expect(writeDuration(millis)).toBe(text);
});

it.each([
  [0, 'UTC'],
  [-60, 'UTC+01:00'],
  [210, 'UTC−03:30'],
])('an offset of %d minutes is %s', (offset, text) => {
  const date = Object.assign(new Date(0), { getTimezoneOffset: () => offset });
  expect(writeZone(date)).toBe(text);
});

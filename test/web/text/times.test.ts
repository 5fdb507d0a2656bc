import { expect, it } from 'vitest';
import { writeClock, writeDate, writeDuration, writeSpan, writeZone } from '../../../web/text/times.ts';

const AT = new Date(2026, 10, 5, 4, 3, 9, 50).getTime();

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

import { describe, expect, it } from 'vitest';
import { timeStep, timeTicks, writeTick } from '../../../web/text/ticks.ts';

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

  it('stand at midnight, the first of the month and new year where the browser is', () => {
    const at = (year: number, month: number, day = 1, hour = 0) => new Date(year, month, day, hour).getTime();
    const HOUR = 3_600_000;
    const day = [at(2026, 10, 4, 20), at(2026, 10, 5, 8)] as const;
    expect(timeTicks(...day, 6 * HOUR)).toEqual([at(2026, 10, 5), at(2026, 10, 5, 6)]);
    expect(timeTicks(at(2026, 10, 4, 20), at(2026, 10, 6, 1), 24 * HOUR)).toEqual([
      at(2026, 10, 5),
      at(2026, 10, 6),
    ]);
    const months = timeStep(at(2027, 2) - at(2026, 8, 15), 7);
    expect(timeTicks(at(2026, 8, 15), at(2027, 2), months)).toEqual(
      [9, 10, 11, 12, 13, 14].map(month => at(2026, month)),
    );
    const years = timeStep(at(2030, 5) - at(2024, 5), 7);
    expect(timeTicks(at(2024, 5), at(2030, 5), years)).toEqual(
      [2025, 2026, 2027, 2028, 2029, 2030].map(year => at(year, 0)),
    );
    expect(writeTick(at(2026, 8), months, true)).toBe('2026-09');
    expect(writeTick(at(2027, 0), years, true)).toBe('2027');
    expect(writeTick(at(2026, 10, 5), 6 * HOUR, true)).toMatch(/^(Nov 5|5 Nov)/);
    expect(writeTick(at(2026, 10, 5, 6), 6 * HOUR, true)).toBe('06:00');
  });

  it('stand at the beginnings of months in the first century, as in a climatology', () => {
    const at = (month: number, day = 1) => new Date(2000, 0).setFullYear(1, month, day);
    const months = timeStep(at(11) - at(2, 15), 10);
    expect(timeTicks(at(2, 15), at(11), months)).toEqual(
      [3, 4, 5, 6, 7, 8, 9, 10, 11].map(month => at(month)),
    );
    expect(writeTick(at(5), months, true)).toBe('0001-06');
  });

  it('are few over thousands of years', () => {
    const [from, to] = [Date.UTC(-20_000, 0), Date.UTC(2000, 0)];
    const ticks = timeTicks(from, to, timeStep(to - from, 7));
    expect(ticks.length).toBeGreaterThan(1);
    expect(ticks.length).toBeLessThanOrEqual(8);
  });

  it('stand at the same times of day before and after a change to summer time', () => {
    const HOUR = 3_600_000;
    for (let month = 0; month < 12; month += 1) {
      const from = new Date(2026, month, 20).getTime();
      const ticks = timeTicks(from, from + 20 * 24 * HOUR, 6 * HOUR);
      expect(ticks.every(tick => new Date(tick).getHours() % 6 === 0)).toBe(true);
      expect(ticks.length).toBeGreaterThanOrEqual(80);
    }
  });

  it('say as much as tells them apart', () => {
    expect(writeTick(AT, 200, true)).toBe('04:03:09.050');
    expect(writeTick(AT, 5000, true)).toBe('04:03:09');
    expect(writeTick(AT, 60_000, true)).toBe('04:03');
    expect(writeTick(AT, 86_400_000, true)).toMatch(/^(Nov 5|5 Nov)/);
    expect(writeTick(125_000, 5000, false)).toBe('0:02:05');
  });
});

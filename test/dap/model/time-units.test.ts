import { describe, expect, it } from 'vitest';
import { fromMillis, parseTimeUnits, toMillis } from '../../../dap/model/time-units.ts';

describe('CF time units', () => {
  it.each([
    ['seconds since 1970-01-01T00:00:00Z', 1000, 0],
    ['seconds since 1970-01-01', 1000, 0],
    ['Seconds Since 1970-1-1 0:0:0', 1000, 0],
    ['s since 1970-01-01 00:00:00.0 UTC', 1000, 0],
    ['milliseconds since 1970-01-01', 1, 0],
    ['minutes since 2000-01-01 12:00', 60_000, Date.UTC(2000, 0, 1, 12)],
    ['hours since 1900-01-01 00:00:0.0', 3_600_000, Date.UTC(1900, 0, 1)],
    ['days since 2026-11-21 00:00:00 +01:00', 86_400_000, Date.UTC(2026, 10, 20, 23)],
    ['days since 2026-11-21 00:00:00 -5:30', 86_400_000, Date.UTC(2026, 10, 21, 5, 30)],
    ['seconds since 2026-11-21T10:00:00.250Z', 1000, Date.UTC(2026, 10, 21, 10, 0, 0, 250)],
    ['months since 1970-01-01', (365.242198781 * 86_400_000) / 12, 0],
    ['years since 1970-01-01', 365.242198781 * 86_400_000, 0],
    ['weeks since 1970-01-01', 7 * 86_400_000, 0],
    ['microseconds since 1970-01-01', 1e-3, 0],
    ['days after 1970-01-01', 86_400_000, 0],
    ['weeks since 2026-11-21', 604_800_000, Date.UTC(2026, 10, 21)],
    ['months since 1960-01-01', 2_629_743_831.2232, Date.UTC(1960, 0)],
    ['months since 1960', 2_629_743_831.2232, Date.UTC(1960, 0)],
    ['years since 1960-07', 31_556_925_974.6784, Date.UTC(1960, 6)],
  ])('%s', (units, millis, epoch) => {
    expect(parseTimeUnits(units)).toEqual({ millis: expect.closeTo(millis, 3), epoch });
  });

  it.each([undefined, '', 'seconds', 'seconds since', 'seconds since yesterday', 'mV'])(
    '%j are none',
    units => {
      expect(parseTimeUnits(units)).toBeUndefined();
    },
  );

  it('lead from the column to milliseconds and back', () => {
    const units = parseTimeUnits('hours since 2026-01-01')!;
    expect(new Date(toMillis(units, 36.5)).toISOString()).toBe('2026-01-02T12:30:00.000Z');
    expect(fromMillis(units, toMillis(units, 36.5))).toBe(36.5);
  });
});

import { describe, expect, it } from 'vitest';
import { looksLikeTime, secondsOf } from '../../../../dap/constraint/text/time.ts';

/** 2026-01-31T12:00:00.25Z. */
const NOW = Date.UTC(2026, 0, 31, 12) / 1000 + 0.25;

function seconds(text: string, now = NOW): number {
  return secondsOf(text, now, (offset, expected) => {
    throw new Error(`${offset}: ${expected}`);
  });
}

describe('a time relative to now', () => {
  it.each([
    ['now', 0],
    ['now-10minutes', -600],
    ['now+1day', 86_400],
    ['now-1.5hours', -5400],
    ['now-0.5s', -0.5],
    ['now-7weeks', -7 * 7 * 86_400],
  ])('%s is %d s away', (text, offset) => {
    expect(seconds(text)).toBe(NOW + offset);
  });

  it.each([
    [0.25, ['ms', 'msec', 'msecs', 'millis', 'millisec', 'millisecs', 'millisecond', 'milliseconds']],
    [250, ['s', 'sec', 'secs', 'second', 'seconds']],
    [15_000, ['m', 'min', 'mins', 'minute', 'minutes']],
    [900_000, ['h', 'hr', 'hrs', 'hour', 'hours']],
    [21_600_000, ['d', 'day', 'days']],
    [151_200_000, ['week', 'weeks']],
  ])('250 of a unit are %d s for %j', (size, units) => {
    for (const unit of units) expect(seconds(`now+250${unit}`, 0)).toBe(size);
  });

  it.each([
    ['now+1month', '2026-02-28T12:00:00.250Z'],
    ['now-1mon', '2025-12-31T12:00:00.250Z'],
    ['now+25months', '2028-02-29T12:00:00.250Z'],
    ['now-2mons', '2025-11-30T12:00:00.250Z'],
    ['now-1year', '2025-01-31T12:00:00.250Z'],
    ['now+1yr', '2027-01-31T12:00:00.250Z'],
    ['now-26years', '2000-01-31T12:00:00.250Z'],
    ['now-100yrs', '1926-01-31T12:00:00.250Z'],
  ])('%s is a step in the calendar, to %s', (text, iso) => {
    expect(new Date(seconds(text) * 1000).toISOString()).toBe(iso);
  });

  it.each([
    ['now-', '4: a number of units'],
    ['now-1', '5: a unit'],
    ['now-1Day', '5: a unit'],
    ['now-1.5years', '4: a whole number of months or years'],
    ['now+300000years', '4: a time within the calendar'],
    ['now+999999999999999years', '4: a time within the calendar'],
    ['now-1e3s', '5: a unit'],
    ['now1day', '3: "+" or "-" after now'],
  ])('%s is wrong at %s', (text, message) => {
    expect(() => seconds(text)).toThrow(message);
  });
});

describe('an ISO 8601 time', () => {
  it.each([
    ['1970-01-01', 0],
    ['1969-12-31T23:59:59.5Z', -0.5],
    ['2026-11', Date.UTC(2026, 10, 1) / 1000],
    ['2026-11-21', Date.UTC(2026, 10, 21) / 1000],
    ['2026-11-21T10', Date.UTC(2026, 10, 21, 10) / 1000],
    ['2026-11-21T10:05', Date.UTC(2026, 10, 21, 10, 5) / 1000],
    ['2026-11-21T10:05:09', Date.UTC(2026, 10, 21, 10, 5, 9) / 1000],
    ['2026-11-21t10:05:09z', Date.UTC(2026, 10, 21, 10, 5, 9) / 1000],
    ['2026-11-21 10:05:09', Date.UTC(2026, 10, 21, 10, 5, 9) / 1000],
    ['2026-11-21T10:05:09.123456Z', 1795255509.123456],
    ['2026-11-21T10:00:00+01:00', Date.UTC(2026, 10, 21, 9) / 1000],
    ['2026-11-21T10:00:00-0330', Date.UTC(2026, 10, 21, 13, 30) / 1000],
    ['2026-11-21T10+01', Date.UTC(2026, 10, 21, 9) / 1000],
    ['0001-01-01', Date.parse('0001-01-01T00:00:00Z') / 1000],
    ['2024-02-29', Date.UTC(2024, 1, 29) / 1000],
  ])('%s is %d', (text, expected) => {
    expect(seconds(text)).toBe(expected);
  });

  it.each([
    '2026-13-01',
    '2026-00-01',
    '2026-11-00',
    '2026-11-31',
    '2023-02-29',
    '2026-11-21T24:00:00Z',
    '2026-11-21T10:60',
    '2026-11-21T10:00:60Z',
    '2026-11-21T10:00:00+24:00',
    '2026-11-21T10:00:00+01:60',
  ])('%s does not exist', text => {
    expect(() => seconds(text)).toThrow('0: a date and time that exist');
  });

  it.each([
    '2026',
    '2026-1',
    '2026-11-21T',
    '2026-11-21T1',
    '2026-11-21Z',
    '20261121',
    '2026-11-21T10:00:00.Z',
    'x',
  ])('%s is none', text => {
    expect(() => seconds(text)).toThrow('0: a date and time such as');
  });
});

describe('looksLikeTime', () => {
  it.each(['now', 'now-', 'now+x', '2026-11', '2026-1'])('takes %s for a time, right or wrong', word => {
    expect(looksLikeTime(word)).toBe(true);
  });

  it.each(['nowcast', 'Now', '2026', '2m', 'time-1', '12026-11'])(
    'leaves %s to be a name or a number',
    word => {
      expect(looksLikeTime(word)).toBe(false);
    },
  );
});

import { describe, expect, it } from 'vitest';
import { dayStart, isTimeZone } from '../../../server/recent/day.ts';

const at = (text: string) => Date.parse(text) / 1000;

describe('the beginning of a day', () => {
  it.each([
    ['UTC', '2026-11-28T23:59:59Z', '2026-11-28T00:00:00Z'],
    ['Europe/Berlin', '2026-11-28T22:30:00Z', '2026-11-27T23:00:00Z'],
    ['Europe/Berlin', '2026-11-28T23:30:00Z', '2026-11-28T23:00:00Z'],
    ['Asia/Kathmandu', '2026-11-28T18:20:00Z', '2026-11-28T18:15:00Z'],
    ['America/Los_Angeles', '2026-11-28T07:59:00Z', '2026-11-27T08:00:00Z'],
    // Winter time began at 03:00, summer time at 02:00.
    ['Europe/Berlin', '2026-10-25T12:00:00Z', '2026-10-24T22:00:00Z'],
    ['Europe/Berlin', '2026-03-29T12:00:00Z', '2026-03-28T23:00:00Z'],
    // The hour from 00:00 to 01:00 came twice.
    ['America/Havana', '2026-11-01T04:30:00Z', '2026-11-01T04:00:00Z'],
    ['America/Havana', '2026-11-01T05:30:00Z', '2026-11-01T04:00:00Z'],
    ['America/Havana', '2026-11-01T17:00:00Z', '2026-11-01T04:00:00Z'],
    // There was no hour from 00:00 to 01:00.
    ['America/Havana', '2026-03-08T17:00:00Z', '2026-03-08T05:00:00Z'],
  ])('in %s at %s is %s', (zone, now, start) => {
    expect(dayStart(at(now), zone)).toBe(at(start));
  });

  it('without a zone is that of this machine', () => {
    const now = at('2026-11-28T12:34:56Z');
    const local = new Date(now * 1000);
    expect(dayStart(now, undefined)).toBe(
      new Date(local.getFullYear(), local.getMonth(), local.getDate()).getTime() / 1000,
    );
  });
});

it('knows the names of time zones', () => {
  expect(['Europe/Berlin', 'UTC', 'Mars/Olympus'].map(isTimeZone)).toEqual([true, true, false]);
});

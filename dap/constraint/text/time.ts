// Converts the times of constraints, `now-10minutes` and `2026-11-21T10:00:00Z`, to seconds since 1970.

import { looksLikeInstant, secondsOfInstant } from '../../model/instant.ts';

/** Reports an error at `offset` of the text, with a description of the expected text. */
export type TimeFailure = (offset: number, expected: string) => never;

/** The units in ERDDAP's spellings, in seconds; months and years, which vary in length, in months of the calendar. */
const UNITS: readonly (readonly [names: string, size: number, calendar: boolean])[] = [
  ['ms msec msecs millis millisec millisecs millisecond milliseconds', 0.001, false],
  ['s sec secs second seconds', 1, false],
  ['m min mins minute minutes', 60, false],
  ['h hr hrs hour hours', 3600, false],
  ['d day days', 86_400, false],
  ['week weeks', 7 * 86_400, false],
  ['mon mons month months', 1, true],
  ['yr yrs year years', 12, true],
];

/** The length of a unit: in seconds, or in months for a unit of the calendar. */
export interface Unit {
  readonly size: number;
  readonly calendar: boolean;
}

/** The units by their names. */
export const unitOf: ReadonlyMap<string, Unit> = new Map(
  UNITS.flatMap(([names, size, calendar]) => names.split(' ').map(name => [name, { size, calendar }])),
);

/** The text of `expected` for a missing unit. */
export const EXPECTED_UNIT = 'a unit (milliseconds, seconds, minutes, hours, days, weeks, months or years)';

/** True if `word` can only be a time; `secondsOf` decides whether it is a valid one. */
export function looksLikeTime(word: string): boolean {
  return /^now(?:[+-]|$)/.test(word) || looksLikeInstant(word);
}

/** Whether a time that `secondsOf` reads depends on `now`. */
export function isRelative(text: string): boolean {
  return text.startsWith('now');
}

/**
 * Seconds since 1970-01-01T00:00:00Z. `text` is
 * - `now`, `now-10minutes`, `now+1.5hours`: the number of months and years is whole, and they are steps in the UTC calendar
 *   (31 January plus a month is the last day of February); `now` is not rounded;
 * - or an ISO 8601 time, as `secondsOfInstant` reads it.
 * Calls `fail` for any other text.
 */
export function secondsOf(text: string, now: number, fail: TimeFailure): number {
  if (isRelative(text)) return relativeToNow(text, now, fail);
  return secondsOfInstant(text, expected => fail(0, expected));
}

function relativeToNow(text: string, now: number, fail: TimeFailure): number {
  if (text === 'now') return now;
  const sign = text[3];
  if (sign !== '+' && sign !== '-') return fail(3, '"+" or "-" after now');
  const digits = /^\d{1,15}(?:\.\d{1,15})?/.exec(text.slice(4))?.[0];
  if (digits === undefined) return fail(4, 'a number of units');
  const at = 4 + digits.length;
  const unit = unitOf.get(text.slice(at));
  if (unit === undefined) return fail(at, EXPECTED_UNIT);
  const amount = Number(sign + digits);
  if (!unit.calendar) return now + amount * unit.size;
  if (!Number.isInteger(amount)) return fail(4, 'a whole number of months or years');
  const seconds = addMonths(now, amount * unit.size);
  return Number.isNaN(seconds) ? fail(4, 'a time within the calendar') : seconds;
}

/** The time some months later; NaN outside of JavaScript's calendar (about 270,000 years in either direction). */
function addMonths(seconds: number, months: number): number {
  const whole = Math.floor(seconds);
  const from = new Date(whole * 1000);
  const to = new Date(from);
  to.setUTCMonth(from.getUTCMonth() + months);
  // A day that the month lacks has become a day of the next month; day 0 of that is the last day of the month.
  if (to.getUTCDate() !== from.getUTCDate()) to.setUTCDate(0);
  return to.getTime() / 1000 + (seconds - whole);
}

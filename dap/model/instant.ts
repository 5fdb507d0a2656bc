// Converts ISO 8601 times such as `2026-11-21T10:00:00Z` to seconds since 1970, and back.

/** Called with a description of the expected text. */
export type InstantFailure = (expected: string) => never;

const EXPECTED_DATE = 'a date and time such as 2026-11-21T10:00:00Z';
const EXPECTED_REAL_DATE = 'a date and time that exist, such as 2026-11-21T10:00:00Z';

const ISO =
  /^(\d{4})-(\d{2})(?:-(\d{2})(?:[Tt ](\d{2})(?::(\d{2})(?::(\d{2})(?:\.(\d{1,15}))?)?)?(?:([Zz])|([+-])(\d{2})(?::?(\d{2}))?)?)?)?$/;

const DECIMAL_COMMA = /^\d{4}-\d{2}-\d{2}.*:\d{2},\d+/;

/** True if `text` can only be an ISO 8601 time; `secondsOfInstant` decides whether it is a valid one. */
export function looksLikeInstant(text: string): boolean {
  return /^\d{4}-\d/.test(text);
}

/**
 * Seconds since 1970-01-01T00:00:00Z of an ISO 8601 time: `2026-11`, `2026-11-21`, `2026-11-21T10`, `T10:00`, `T10:00:00`, with a
 * fraction of the second after a point, and `Z` or an offset (`+01:00`, `+0100`, `+01`); without either it is UTC. A blank may
 * replace the `T`, and both letters may be small. The hour 24 and leap seconds (`:60`) are refused: neither exists on the day that
 * the text names. Calls `fail` for any other text.
 */
export function secondsOfInstant(text: string, fail: InstantFailure): number {
  const match = ISO.exec(text);
  if (match === null) {
    return fail(
      DECIMAL_COMMA.test(text) ? `${EXPECTED_DATE}, with a point before a fraction` : EXPECTED_DATE,
    );
  }
  const part = (index: number, absent: number) => Number(match[index] ?? absent);
  const [year, month, day] = [part(1, 0), part(2, 1), part(3, 1)];
  const [hour, minute, second] = [part(4, 0), part(5, 0), part(6, 0)];
  const [offsetHours, offsetMinutes] = [part(10, 0), part(11, 0)];
  const refuse = (why: string) => fail(`${EXPECTED_REAL_DATE} (${why})`);
  if (month < 1 || month > 12) return refuse('a month is 01 to 12');
  const days = daysIn(year, month);
  if (day < 1 || day > days) return refuse(`${match[1]}-${match[2]} has ${days} days`);
  if (hour > 23) return refuse('an hour is 00 to 23; midnight is 00:00 of the next day');
  if (minute > 59) return refuse('a minute is 00 to 59');
  if (second > 59) return refuse('a second is 00 to 59; leap seconds do not count');
  if (offsetHours > 23 || offsetMinutes > 59) return refuse('an offset is -23:59 to +23:59');
  const offset = (match[9] === '-' ? -60 : 60) * (offsetHours * 60 + offsetMinutes);
  const midnight = new Date(0).setUTCFullYear(year, month - 1, day) / 1000;
  const whole = midnight + hour * 3600 + minute * 60 + second - offset;
  const fraction = match[7] ?? '0';
  // One conversion, so that the result is the double nearest to the written time.
  return whole >= 0 ? Number(`${whole}.${fraction}`) : whole + Number(`0.${fraction}`);
}

function daysIn(year: number, month: number): number {
  const last = new Date(0);
  // The day before the first of the next month.
  last.setUTCFullYear(year, month, 0);
  return last.getUTCDate();
}

/** The last second of the year 9999: later times need more digits in ISO 8601. */
const LAST_ISO = 253_402_300_799;

/** A time as `2026-11-21T10:00:00.25Z`, to the microsecond; outside of the years 0 to 9999 the number of seconds. */
export function instantText(seconds: number): string {
  const micros = Math.round((seconds - Math.floor(seconds)) * 1e6);
  const whole = Math.floor(seconds) + (micros === 1e6 ? 1 : 0);
  if (!(whole >= -62_167_219_200 && whole <= LAST_ISO)) return `${seconds} s`;
  const fraction = String(micros % 1e6)
    .padStart(6, '0')
    .replace(/0+$/, '');
  return `${new Date(whole * 1000).toISOString().slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}

// Reads the units of a column of times, such as `seconds since 1970-01-01T00:00:00Z`: CF time units.

/** How a time column's numbers become milliseconds since 1970. */
export interface TimeUnits {
  /** Milliseconds that one unit lasts. */
  readonly millis: number;
  /** Milliseconds since 1970 at which the column reads 0. */
  readonly epoch: number;
}

export const UNIX_SECONDS: TimeUnits = { millis: 1000, epoch: 0 };

/** These units as a DAS names them. */
export const UNIX_SECONDS_TEXT = 'seconds since 1970-01-01T00:00:00Z';

/** A year in UDUNITS, which CF time units mean: the tropical one of 365.242198781 days; a month is a twelfth of it. */
const YEAR = 365.242198781 * 86_400_000;

const LENGTHS: readonly (readonly [RegExp, number])[] = [
  [/^(?:ns|nsecs?|nanosecs?|nanoseconds?)$/, 1e-6],
  [/^(?:us|µs|μs|usecs?|microsecs?|microseconds?)$/, 1e-3],
  [/^(?:ms|msecs?|millisecs?|milliseconds?)$/, 1],
  [/^(?:s|secs?|seconds?)$/, 1000],
  [/^(?:min|mins|minutes?)$/, 60_000],
  [/^(?:h|hrs?|hours?)$/, 3_600_000],
  [/^(?:d|days?)$/, 86_400_000],
  [/^(?:weeks?)$/, 7 * 86_400_000],
  [/^(?:months?)$/, YEAR / 12],
  [/^(?:years?|yrs?)$/, YEAR],
  [/^(?:common_years?)$/, 365 * 86_400_000],
];

/** UTF-16 units of time units that are read: patterns that look for blanks take a long time with a long text. */
const LONGEST_UNITS = 200;

const EPOCH =
  /^([+-]?\d{1,4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?\s*(?:(Z|UTC|GMT)|([+-]\d{1,2}):?(\d{2})?)?$/i;

/**
 * Reads CF time units (CF conventions, section 4.4): a length of time, `since` (or UDUNITS' other words for it), and a date
 * in UTC or with an offset. The date counts in the Gregorian calendar; months and years have the length that UDUNITS gives
 * them. Undefined for anything else.
 */
export function parseTimeUnits(units: string | undefined): TimeUnits | undefined {
  if (units === undefined || units.length > LONGEST_UNITS) return undefined;
  const [, length = '', date = ''] = /^\s*(\S+)\s+(?:since|after|from|ref)\s+(.*?)\s*$/i.exec(units) ?? [];
  const millis = LENGTHS.find(([names]) => names.test(length.toLowerCase()))?.[1];
  const parts = EPOCH.exec(date);
  if (millis === undefined || parts === null) return undefined;
  const [year, month, day, hour, minute, second] = parts.slice(1, 7).map(part => Number(part ?? 0));
  const at = new Date(0);
  at.setUTCFullYear(year!, (month || 1) - 1, day || 1);
  at.setUTCHours(hour!, minute!, 0, Math.round(second! * 1000));
  return { millis, epoch: at.getTime() - 60_000 * offsetMinutes(parts[8], parts[9]) };
}

/** CF calendars whose days are those of the clock on the wall; others count days that nobody has lived. */
const REAL_CALENDARS = ['', 'standard', 'gregorian', 'proleptic_gregorian'];

/** True where a CF `calendar` (section 4.4.1) has the dates of the Gregorian one. */
export function isRealCalendar(calendar: string | undefined): boolean {
  return REAL_CALENDARS.includes((calendar ?? '').trim().toLowerCase());
}

/** Milliseconds since 1970 at which the column reads `value`. */
export function toMillis({ millis, epoch }: TimeUnits, value: number): number {
  return epoch + value * millis;
}

/** What the column reads at `time`, in milliseconds since 1970. */
export function fromMillis({ millis, epoch }: TimeUnits, time: number): number {
  return (time - epoch) / millis;
}

function offsetMinutes(hours = '+0', minutes = '0'): number {
  const sign = hours.startsWith('-') ? -1 : 1;
  return Number(hours) * 60 + sign * Number(minutes);
}

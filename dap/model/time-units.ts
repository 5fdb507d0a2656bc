// Reads the units of a column of times, such as `seconds since 1970-01-01T00:00:00Z`: CF time units.

/** The units of a time column, to convert its numbers to milliseconds since 1970. */
export interface TimeUnits {
  /** The length of one unit in milliseconds. */
  readonly millis: number;
  /** The time of the number 0, in milliseconds since 1970. */
  readonly epoch: number;
}

export const UNIX_SECONDS: TimeUnits = { millis: 1000, epoch: 0 };

/** These units as a DAS names them. */
export const UNIX_SECONDS_TEXT = 'seconds since 1970-01-01T00:00:00Z';

/** A year of UDUNITS and so of CF time units, in milliseconds: the tropical year of 365.242198781 days. A month is a twelfth. */
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

/** The longest text of units, in characters: patterns that search for blanks take a long time with a long text. */
const LONGEST_UNITS = 200;

const EPOCH =
  /^([+-]?\d{1,4})(?:-(\d{1,2}))?(?:-(\d{1,2}))?(?:[T ]\s*(\d{1,2}):(\d{1,2})(?::(\d{1,2}(?:\.\d*)?))?)?\s*(?:(Z|UTC|GMT)|([+-]\d{1,2}):?(\d{2})?)?$/i;

/**
 * Reads CF time units (CF conventions, section 4.4): a unit of time, `since` (or UDUNITS' synonyms), and a date in UTC or with an
 * offset. The date is Gregorian; months and years have their lengths in UDUNITS. Undefined for any other text.
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

/** The CF calendars with real dates; the others are calendars of models. */
const REAL_CALENDARS = ['', 'standard', 'gregorian', 'proleptic_gregorian'];

/** True if a CF `calendar` (section 4.4.1) has the dates of the Gregorian calendar. */
export function isRealCalendar(calendar: string | undefined): boolean {
  return REAL_CALENDARS.includes((calendar ?? '').trim().toLowerCase());
}

/** The time of the number `value` of the column, in milliseconds since 1970. */
export function toMillis({ millis, epoch }: TimeUnits, value: number): number {
  return epoch + value * millis;
}

/** The number of the column for `time`, in milliseconds since 1970. */
export function fromMillis({ millis, epoch }: TimeUnits, time: number): number {
  return (time - epoch) / millis;
}

function offsetMinutes(hours = '+0', minutes = '0'): number {
  const sign = hours.startsWith('-') ? -1 : 1;
  return Number(hours) * 60 + sign * Number(minutes);
}

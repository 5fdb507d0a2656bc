// Writes times and durations for people.

import { withDecimalSign } from './values.ts';

/** The date of `time`, in milliseconds since 1970; undefined for a time outside of the calendar. */
export function calendarDate(time = Number.NaN): Date | undefined {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** The time of day in the browser's time zone: `14:03:09`, or `14:03:09.250`. */
export function writeClock(time: number, millis = false): string {
  const date = calendarDate(time);
  if (date === undefined) return '';
  const text = [date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':');
  return millis ? withDecimalSign(`${text}.${String(date.getMilliseconds()).padStart(3, '0')}`) : text;
}

/** The date in the browser's time zone: `2026-02-28`. */
export function writeDate(time: number): string {
  const date = calendarDate(time);
  if (date === undefined) return '';
  const year = String(date.getFullYear()).padStart(4, '0');
  return [year, two(date.getMonth() + 1), two(date.getDate())].join('-');
}

/**
 * The time of day in the browser's time zone, with the date if that is not today; a span since a moment without a name if
 * `absolute` is false.
 */
export function writeTime(time: number, absolute = true, millis = false): string {
  if (!absolute) return writeSpan(time, millis);
  const date = writeDate(time);
  return `${date === writeDate(Date.now()) ? '' : `${date} `}${writeClock(time, millis)}`;
}

/** A span since a moment without a name: `0:02:05`; from 100 hours on with days, `9000 d 0:02:05`. */
export function writeSpan(time: number, millis = false): string {
  const seconds = Math.floor(Math.abs(time) / 1000);
  const hours = Math.floor(seconds / 3600);
  const days = hours < 100 ? '' : `${Math.floor(hours / 24)} d `;
  const clock = [
    String(days === '' ? hours : hours % 24),
    two(Math.floor(seconds / 60) % 60),
    two(seconds % 60),
  ];
  const text = `${days}${clock.join(':')}`;
  const rest = millis ? `.${String(Math.floor(Math.abs(time) % 1000)).padStart(3, '0')}` : '';
  return `${time < 0 ? '−' : ''}${text}${withDecimalSign(rest)}`;
}

/** A duration in the largest unit that fits: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function writeDuration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 9.95) return `${withDecimalSign(seconds.toFixed(seconds < 0.05 ? 0 : 1))} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** The name of the browser's time zone, such as `Europe/Berlin`; undefined if the browser has none, whose times are those of UTC then. */
export function zoneName(): string | undefined {
  const { timeZone } = new Intl.DateTimeFormat().resolvedOptions();
  return timeZone === 'Etc/Unknown' ? undefined : timeZone;
}

/** The offset of the browser's time zone at `date`: `UTC+01:00`. */
export function writeZone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

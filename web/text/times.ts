// Writes times and durations for people, and places the lines of the time axis.

/** Distances between lines that people count in, in milliseconds. */
const STEPS = [
  ...[100, 200, 500],
  ...[1, 2, 5, 10, 15, 30].map(seconds => seconds * 1000),
  ...[1, 2, 5, 10, 15, 30].map(minutes => minutes * 60_000),
  ...[1, 2, 3, 6, 12].map(hours => hours * 3_600_000),
  ...[1, 2, 7, 14, 28].map(days => days * 86_400_000),
];

/** The distance between lines on an axis of `span` milliseconds that has room for `lines` of them. */
export function timeStep(span: number, lines: number): number {
  return STEPS.find(step => span / step <= lines) ?? STEPS.at(-1)!;
}

/** The times of the axis's lines from `from` to `to`. */
export function timeTicks(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  return Array.from(
    { length: Math.max(0, Math.floor(to / step) - first + 1) },
    (_, index) => (first + index) * step,
  );
}

/** The label of a line of the axis, with seconds if lines are closer than a minute. */
export function writeTick(time: number, step: number, absolute: boolean): string {
  if (!absolute) return writeSpan(time, step < 1000);
  if (step >= 86_400_000) return writeDate(time);
  if (step < 1000) return writeClock(time, true);
  return writeClock(time).slice(0, step < 60_000 ? 8 : 5);
}

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
  return millis ? `${text}.${String(date.getMilliseconds()).padStart(3, '0')}` : text;
}

/** The date in the browser's time zone: `2026-02-28`. */
export function writeDate(time: number): string {
  const date = calendarDate(time);
  if (date === undefined) return '';
  return [String(date.getFullYear()), two(date.getMonth() + 1), two(date.getDate())].join('-');
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
  return `${time < 0 ? '−' : ''}${text}${rest}`;
}

/** A duration in the largest unit that fits: `0.4 s`, `12 s`, `3 min`, `2 h 5 min`, `4 d`. */
export function writeDuration(millis: number): string {
  const seconds = Math.max(0, millis) / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.05 ? 0 : 1)} s`;
  if (seconds < 99.5) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 100) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours >= 48) return `${Math.round(hours / 24)} d`;
  return minutes % 60 === 0 ? `${hours} h` : `${hours} h ${minutes % 60} min`;
}

/** The offset of the browser's time zone: `UTC+01:00`. */
export function writeZone(date: Date): string {
  const minutes = -date.getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '−' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(number: number): string {
  return String(number).padStart(2, '0');
}

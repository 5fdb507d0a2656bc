// Writes a stretch of time for people.

import { writeClock, writeDate, writeSpan } from './times.ts';

/**
 * `2026-11-28 19:00:00 – 20:00:00`, in the time zone of the browser; spans since a moment without a name if `absolute` is false. Times
 * in milliseconds.
 */
export function writeStretch(from: number, to: number, absolute = true): string {
  if (!absolute) return `${writeSpan(from)} – ${writeSpan(to)}`;
  const [first, last] = [writeDate(from), writeDate(to)];
  const end = first === last ? writeClock(to) : `${last} ${writeClock(to)}`;
  return `${first} ${writeClock(from)} – ${end}`;
}

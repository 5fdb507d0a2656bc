// Reads from the headers of responses the server's clock, the time up to which it had stored rows at its start, and if it is a relay.

import { RELAY_PATH, STORED_UNTIL } from '../../formats/index.ts';

/** The server's clock by the `Date` of a response, in seconds since 1970; undefined without a `Date`. */
export function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '') / 1000;
  if (Number.isNaN(date)) return undefined;
  // A cache sends the date at which the response was made.
  const age = Number(headers.get('age') ?? 0);
  return age > 0 ? date + age : date;
}

/** Seconds since 1970 by the server's clock; our own clock if both agree, since a `Date` has whole seconds. */
export function serverTime(date: number | undefined): number {
  const own = Date.now() / 1000;
  return date !== undefined && Math.abs(own - date) > 2 ? date : own;
}

/** The time of the last row that the server had on its disk when it started, in seconds since 1970; undefined for none. */
export function storedUntilOf(headers: Headers): number | undefined {
  const value = headers.get(STORED_UNTIL);
  return value !== null && /^-?\d/.test(value) && Number.isFinite(Number(value)) ? Number(value) : undefined;
}

/** True if the rows are those of another server, whose clock stamps them. */
export function isRelayed(headers: Headers): boolean {
  return headers.has(RELAY_PATH);
}

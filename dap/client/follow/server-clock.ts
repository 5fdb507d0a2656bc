// Reads the server's clock from the headers of its responses.

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

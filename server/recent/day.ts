// Finds the beginning of a day in a time zone, by the clock of this machine.

const DAY = 86_400_000;

/** Formats that are kept: a browser names the zone of its reader. */
const MOST_FORMATS = 50;

const formats = new Map<string, Intl.DateTimeFormat>();

/** True for a name that this machine knows, such as `Europe/Berlin` or `UTC`. */
export function isTimeZone(zone: string): boolean {
  try {
    formatOf(zone);
    return true;
  } catch {
    return false;
  }
}

/** The beginning of the day of `now`, in seconds since 1970; in the zone of this machine if `zone` is undefined. */
export function dayStart(now: number, zone: string | undefined): number {
  const wall = (millis: number) => wallTime(millis, zone);
  const millis = Math.floor(now) * 1000;
  const midnight = Math.floor(wall(millis) / DAY) * DAY;
  const start = millis - (wall(millis) - midnight);
  // A change to or from summer time since midnight.
  const begin = start + midnight - wall(start);
  // Where a change has repeated the first hour, such as in Havana, the day began with the first of the two midnights.
  const before = begin - 1000;
  return (
    (Math.floor(wall(before) / DAY) * DAY === midnight ? before - (wall(before) - midnight) : begin) / 1000
  );
}

/** The time that a clock on the wall shows, in milliseconds as if that clock stood in UTC. */
function wallTime(millis: number, zone: string | undefined): number {
  const parts = formatOf(zone).formatToParts(millis);
  const of = (type: Intl.DateTimeFormatPartTypes) =>
    Number(parts.find(part => part.type === type)?.value ?? Number.NaN);
  return Date.UTC(of('year'), of('month') - 1, of('day'), of('hour'), of('minute'), of('second'));
}

/** @throws `RangeError` for a zone that is not known */
function formatOf(zone: string | undefined): Intl.DateTimeFormat {
  const known = formats.get(zone ?? '');
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat('en', {
    ...(zone === undefined ? {} : { timeZone: zone }),
    calendar: 'gregory',
    numberingSystem: 'latn',
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  if (formats.size >= MOST_FORMATS) formats.clear();
  formats.set(zone ?? '', made);
  return made;
}

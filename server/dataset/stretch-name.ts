// Reads and writes the names of stretches of time in addresses: a UTC day, month or year, or two instants.

import { instantText, secondsOfInstant } from '../../dap/model/instant.ts';
import type { TimeStretch } from './stretch.ts';

/** What a name may be, for error messages. */
const STRETCH_NAMES =
  'a UTC day (2026-11-28), month (2026-11), year (2026), or two instants (2026-11-28T06:00:00Z..2026-11-28T18:00:00Z)';

/** A day, a month or a year. */
const PERIOD = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?$/;

/**
 * The stretch that a name means: from its beginning to before its end. Calls `fail` for any other text.
 * @param fail gets a description of the expected text, and the text that was found
 */
export function parseStretch(name: string, fail: (expected: string, found: string) => never): TimeStretch {
  const ends = name.split('..');
  const [first = '', second] = ends;
  if (ends.length > 2) return fail(STRETCH_NAMES, JSON.stringify(name));
  if (second === undefined) return periodNamed(first, fail);
  const from = secondsOf(first, fail);
  const to = secondsOf(second, fail);
  if (!(from < to)) return fail(`an end after the beginning (${instantText(from)})`, instantText(to));
  return { from, to };
}

/** The shortest name of a stretch. */
export function stretchName({ from, to }: TimeStretch): string {
  const date = new Date(from * 1000).toISOString();
  const periods = [date.slice(0, 4), date.slice(0, 7), date.slice(0, 10)];
  const fail = (): never => {
    throw new RangeError(`expected the years 0 to 9999, found ${from}`);
  };
  const period = periods.find(name => {
    const named = periodNamed(name, fail);
    return named.from === from && named.to === to;
  });
  return period ?? `${instantText(from)}..${instantText(to)}`;
}

/** The whole UTC day, month or year around a time. */
export function periodAround(time: number, period: 'day' | 'month' | 'year'): TimeStretch {
  const length = { year: 4, month: 7, day: 10 }[period];
  return periodNamed(new Date(time * 1000).toISOString().slice(0, length), found => {
    throw new RangeError(`expected the years 0 to 9999, found ${found}`);
  });
}

function periodNamed(name: string, fail: (expected: string, found: string) => never): TimeStretch {
  const match = PERIOD.exec(name);
  if (match === null) return fail(STRETCH_NAMES, JSON.stringify(name));
  const from = secondsOf(name, fail);
  const [, year, month, day] = match.map(Number);
  const end = new Date(from * 1000);
  if (match[2] === undefined) end.setUTCFullYear(year! + 1);
  else if (match[3] === undefined) end.setUTCMonth(month!);
  else end.setUTCDate(day! + 1);
  return { from, to: end.getTime() / 1000 };
}

function secondsOf(text: string, fail: (expected: string, found: string) => never): number {
  const whole = /^\d{4}$/.test(text) ? `${text}-01` : text;
  return secondsOfInstant(whole, expected => fail(expected, JSON.stringify(text)));
}

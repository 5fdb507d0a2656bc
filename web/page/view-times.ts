// Reads and writes the times of an address: moments such as `now-7d`, and lengths such as `10m`.

import { EXPECTED_UNIT, looksLikeTime, secondsOf, unitOf } from '../../dap/constraint/text/time.ts';

/** Text that cannot be read, with what was expected in its place. */
export interface Unread {
  readonly expected: string;
}

const EXPECTED_MOMENT = 'a time such as 2026-11-28T19:00:00Z, now-7d or now';

/** Short names of units that constraints do not have. */
const SHORT_UNITS: Readonly<Record<string, string>> = { w: 'week', y: 'year' };

/** The units of a written length, in milliseconds, from the longest on. */
const LENGTHS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
] as const;

/**
 * Milliseconds since 1970 of a moment, in the words of constraints: an ISO 8601 time, which is in UTC unless it has an offset, `now`,
 * `now-7d`. `now` in milliseconds.
 */
export function momentOf(text: string, now: number): number | Unread {
  const word = text.trim().replace(/^now\s*([-+])\s*([\d.]+)\s*/, 'now$1$2');
  if (!looksLikeTime(word)) return { expected: EXPECTED_MOMENT };
  const short = word.replace(/(\d)([wy])$/, (_, digit: string, unit: string) => digit + SHORT_UNITS[unit]);
  let expected = '';
  try {
    const seconds = secondsOf(short, now / 1000, (_, words) => {
      expected = words;
      throw new Error(words);
    });
    return Math.round(seconds * 1000);
  } catch (error) {
    if (expected === '') throw error;
    return { expected };
  }
}

/** True for a moment that moves on with the clock. */
export function isRelative(text: string): boolean {
  return text.trim().startsWith('now');
}

/** Milliseconds of a length: `10m`, `1.5h`, `7d`; a number alone counts seconds. */
export function lengthNamed(text: string): number | Unread {
  const word = text.trim();
  if (word !== '' && Number.isFinite(Number(word))) return Number(word) * 1000;
  const [, digits = '', name = ''] = /^(\d+(?:\.\d+)?)\s*([a-z]+)$/.exec(word) ?? [];
  if (digits === '') return { expected: 'a length of time such as 10m, 6h, 7d, or a number of seconds' };
  const unit = unitOf.get(SHORT_UNITS[name] ?? name);
  if (unit === undefined) return { expected: EXPECTED_UNIT };
  // Months and years begin now, and have no length of their own.
  const seconds = unit.calendar ? (unit.size / 12) * 365 * 86_400 : unit.size;
  return Math.round(Number(digits) * seconds * 1000);
}

/** `10m`, in the longest unit that gives a whole number. */
export function writeLength(millis: number): string {
  const whole = Math.round(millis);
  const [name, size] = LENGTHS.find(([, each]) => whole % each === 0) ?? ['s', 1000];
  return `${whole / size}${name}`;
}

/** Whole seconds without a fraction. */
export function writeMoment(millis: number): string {
  return new Date(millis).toISOString().replace('.000Z', 'Z');
}

// Options that may be written with units or in words: durations such as `10 s`, sizes such as `32 MB`, and times.

import { z } from 'zod';
import { secondsOfInstant } from '../dap/model/instant.ts';

const SECONDS: Readonly<Record<string, number>> = {
  ...{ ms: 1e-3, s: 1, min: 60, h: 3600, d: 86_400 },
  /** A Julian year. */
  y: 365.25 * 86_400,
};
const SECOND_WORDS: Readonly<Record<string, string>> = {
  ...{ millisecond: 'ms', sec: 's', second: 's', minute: 'min', hour: 'h', day: 'd', year: 'y' },
};
const BYTES: Readonly<Record<string, number>> = {
  ...{ B: 1, kB: 1e3, MB: 1e6, GB: 1e9, TB: 1e12, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3, TiB: 1024 ** 4 },
};

const NUMBER = String.raw`\d+(?:\.\d+)?`;
const DURATION = new RegExp(`^(${NUMBER}) ?(${[...Object.keys(SECONDS), ...words()].join('|')})$`);
const SIZE = new RegExp(`^(${NUMBER}) ?(${Object.keys(BYTES).join('|')})$`);

function words(): string[] {
  return Object.keys(SECOND_WORDS).map(word => `${word}s?`);
}

/** Seconds of a text such as `500 ms`, `10 s`, `1 min`, `2 hours`, `5 y`; undefined for another text. */
export function secondsOf(text: string): number | undefined {
  const [, number, unit] = DURATION.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  const factor = SECONDS[unit] ?? SECONDS[SECOND_WORDS[unit.replace(/s$/, '')] ?? ''];
  return factor === undefined ? undefined : rounded(Number(number) * factor);
}

/** Bytes of a text such as `500 kB`, `32 MB`, `32 MiB`; undefined for another text. */
export function bytesOf(text: string): number | undefined {
  const [, number, unit] = SIZE.exec(text) ?? [];
  if (number === undefined || unit === undefined) return undefined;
  return Math.floor(rounded(Number(number) * BYTES[unit]!));
}

/** Rounds off the error of the multiplication, so that 3 ms is 0.003 s. */
function rounded(value: number): number {
  return Number(value.toPrecision(15));
}

interface Limits {
  readonly low: number;
  readonly high: number;
  /** 0 is allowed too, below `low`. */
  readonly orZero?: boolean;
}

/** The schema of a duration, which gives seconds. */
export function duration({ low, high, orZero = false }: Limits, description: string) {
  const examples = low < 86_400 ? '"500 ms", "10 s", "1 min", "2 h" or "1 d"' : '"90 d" or "5 y"';
  const expected = `${orZero ? '0, or ' : ''}${low} to ${high} seconds, as a number or a text such as ${examples}`;
  return quantity(DURATION, secondsOf, { low, high, orZero }, description, expected);
}

/** The schema of a point in time, which `instantOf` turns into seconds. */
export function instant(description: string) {
  return z
    .string()
    .refine(text => instantOf(text) !== undefined)
    .meta({ description, expected: 'a time such as "2025-01-01T00:00:00Z"' });
}

/** Seconds since 1970 of an ISO 8601 time; undefined for another text. */
export function instantOf(text: string): number | undefined {
  try {
    return secondsOfInstant(text, expected => {
      throw new RangeError(expected);
    });
  } catch {
    return undefined;
  }
}

/** The schema of a size in memory or on disk, which gives bytes. */
export function size({ low, high }: Limits, description: string) {
  const examples = low < 1024 ** 2 ? '"500 kB", "32 MB" or "32 MiB"' : '"500 MB" or "2 GiB"';
  const expected = `${low} to ${high} bytes, as a number or a text such as ${examples}`;
  return quantity(SIZE, bytesOf, { low, high }, description, expected);
}

function quantity(
  pattern: RegExp,
  amountOf: (text: string) => number | undefined,
  { low, high, orZero = false }: Limits,
  description: string,
  expected: string,
) {
  return z
    .union([
      z
        .number()
        .min(orZero ? 0 : low)
        .max(high),
      z.string().regex(pattern),
    ])
    .transform((written, context) => {
      const value = typeof written === 'number' ? written : amountOf(written);
      if (value !== undefined && ((value >= low && value <= high) || (orZero && value === 0))) return value;
      context.addIssue({ code: 'custom', message: `expected ${expected}` });
      return z.NEVER;
    })
    .meta({ description, expected });
}

// Offers windows of time to choose from, and one that suits the rows.

import { writeDuration } from '../text/times.ts';
import { withDecimalSign } from '../text/values.ts';

/** The windows to choose from, in seconds. */
export const WINDOWS: readonly (readonly [seconds: number, name: string])[] = [
  [30, '30 s'],
  [120, '2 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [6 * 3600, '6 h'],
  [86_400, '1 day'],
  [7 * 86_400, '7 days'],
  [30 * 86_400, '30 days'],
  [365 * 86_400, '1 year'],
];

const DEFAULT_WINDOW = 120;

/** The longest window that is chosen for the reader. */
const LONGEST_SUITABLE = 86_400;

/** The rows that a window should have room for if none was chosen. */
const ENOUGH_ROWS = 60;

/** The windows to choose from while `seconds` is chosen, in their order. */
export function windowsWith(seconds: number): readonly (readonly [seconds: number, name: string])[] {
  if (WINDOWS.some(([choice]) => choice === seconds)) return WINDOWS;
  const own = [seconds, writeSeconds(seconds)] as const;
  return [...WINDOWS, own].sort(([a], [b]) => a - b);
}

/** Seconds from which on nobody counts in seconds. */
const LONG = 1000;

/** `90 s`, `5 min`, `1.5 h`, `3 days`: in the largest unit with one digit after the point at most; else about `2 h 50 min`. */
function writeSeconds(seconds: number): string {
  const units = [
    [86_400, 'days'],
    [3600, 'h'],
    [60, 'min'],
  ] as const;
  const exact = units.find(([size]) => seconds >= size && Number.isInteger((10 * seconds) / size));
  if (exact === undefined && seconds >= LONG) return writeDuration(seconds * 1000);
  const [length, name] = exact ?? [1, 's'];
  return `${withDecimalSign(String(Number((seconds / length).toPrecision(6))))} ${name}`;
}

/** The window that suits rows `interval` seconds apart; undefined and 0 count as frequent rows. */
export function suitableWindow(interval: number | undefined): number {
  const wanted = Math.min(LONGEST_SUITABLE, Math.max(DEFAULT_WINDOW, (interval ?? 0) * ENOUGH_ROWS));
  return WINDOWS.find(([seconds]) => seconds >= wanted)![0];
}

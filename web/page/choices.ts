// Keeps the chosen window in the hash of the page's address, so that a link carries it.

/** The windows to choose from, in seconds. */
export const WINDOWS: readonly (readonly [seconds: number, name: string])[] = [
  [30, '30 s'],
  [120, '2 min'],
  [600, '10 min'],
  [3600, '1 h'],
  [6 * 3600, '6 h'],
  [86_400, '1 day'],
];

const DEFAULT_WINDOW = 120;

/** The rows that a window should have room for if none was chosen. */
const ENOUGH_ROWS = 60;

/** The shortest and the longest window that an address may name, in seconds. */
const SHORTEST = 5;
const LONGEST = 7 * 86_400;

/** The window in seconds that `hash` names, or the nearest possible one; undefined if it names no number. */
export function chosenWindow(hash: string): number | undefined {
  const named = new URLSearchParams(hash.replace(/^#/, '')).get('window')?.trim() ?? '';
  const seconds = named === '' ? Number.NaN : Number(named);
  return Number.isNaN(seconds) ? undefined : Math.min(LONGEST, Math.max(SHORTEST, seconds));
}

/** `hash` with another window; without one for undefined. */
export function withWindow(hash: string, seconds: number | undefined): string {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  if (seconds === undefined) values.delete('window');
  else values.set('window', String(seconds));
  const text = String(values);
  return text === '' ? '' : `#${text}`;
}

/** `hash` with the window that is shown, if it names one at all. */
export function correctedHash(hash: string): string {
  const named = new URLSearchParams(hash.replace(/^#/, '')).get('window');
  const seconds = chosenWindow(hash);
  return named === null || named === String(seconds) ? hash : withWindow(hash, seconds);
}

/** The windows to choose from while `seconds` is chosen, in their order. */
export function windowsWith(seconds: number): readonly (readonly [seconds: number, name: string])[] {
  if (WINDOWS.some(([choice]) => choice === seconds)) return WINDOWS;
  const own = [seconds, writeSeconds(seconds)] as const;
  return [...WINDOWS, own].sort(([a], [b]) => a - b);
}

/** `90 s`, `5 min`, `1.5 h`, `3 days`: in the largest unit with one digit after the point at most. */
function writeSeconds(seconds: number): string {
  const units = [
    [86_400, 'days'],
    [3600, 'h'],
    [60, 'min'],
  ] as const;
  const [length, name] = units.find(
    ([size]) => seconds >= size && Number.isInteger((10 * seconds) / size),
  ) ?? [1, 's'];
  return `${Number((seconds / length).toPrecision(6))} ${name}`;
}

/** The window that suits rows `interval` seconds apart; undefined and 0 count as frequent rows. */
export function suitableWindow(interval: number | undefined): number {
  const wanted = Math.max(DEFAULT_WINDOW, (interval ?? 0) * ENOUGH_ROWS);
  return (WINDOWS.find(([seconds]) => seconds >= wanted) ?? WINDOWS.at(-1)!)[0];
}

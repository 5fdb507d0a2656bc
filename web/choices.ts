// What a person has chosen on the page, kept in its hash so that a link carries it: how much of the past is shown.

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

/** Rows that a window should have room for where nobody has chosen one. */
const ENOUGH_ROWS = 60;

/** The window in seconds that `hash` names; undefined where it names none of the list. */
export function chosenWindow(hash: string): number | undefined {
  const seconds = Number(new URLSearchParams(hash.replace(/^#/, '')).get('window') ?? Number.NaN);
  return WINDOWS.find(([choice]) => choice === seconds)?.[0];
}

/** `hash` with another window. */
export function withWindow(hash: string, seconds: number): string {
  const values = new URLSearchParams(hash.replace(/^#/, ''));
  values.set('window', String(seconds));
  return `#${values}`;
}

/** The window that suits rows `interval` seconds apart; undefined and 0 are as good as often. */
export function suitableWindow(interval: number | undefined): number {
  const wanted = Math.max(DEFAULT_WINDOW, (interval ?? 0) * ENOUGH_ROWS);
  return (WINDOWS.find(([seconds]) => seconds >= wanted) ?? WINDOWS.at(-1)!)[0];
}

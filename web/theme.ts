// Which colours the canvas uses now: the style sheet knows light and dark by itself, a canvas has to be told.

import type { Theme } from './palette.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');

/** What Smoothie draws behind the lines; the rest is text and boxes, which the style sheet colours. */
export const GRID: Readonly<Record<Theme, string>> = { light: '#e3e7ec', dark: '#2b323b' };

export function currentTheme(): Theme {
  return dark.matches ? 'dark' : 'light';
}

/** True where people asked for as little motion as possible. */
export function wantsStillness(): boolean {
  return still.matches;
}

// Which colours the canvas uses now: the style sheet knows light and dark by itself, a canvas has to be told.

import type { Theme } from './palette.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const paper = matchMedia('print');

/** Between `beforeprint` and `afterprint`, when browsers do not say yet, or no more, that the page is for paper. */
let isPrinting = false;

/** What is drawn behind the lines; the rest is text and boxes, which the style sheet colours. */
export const GRID: Readonly<Record<Theme, string>> = { light: '#e3e7ec', dark: '#2b323b' };

/** Paper is light. */
export function currentTheme(): Theme {
  return dark.matches && !paper.matches && !isPrinting ? 'dark' : 'light';
}

/** Has `draw` called when the page goes to paper, when it has got the size of the paper, and when it is back on the screen. */
export function onPaper(draw: () => void, signal: AbortSignal): void {
  const print = (printing: boolean) => {
    isPrinting = printing;
    draw();
  };
  addEventListener('beforeprint', () => print(true), { signal });
  addEventListener('afterprint', () => print(false), { signal });
  paper.addEventListener('change', () => draw(), { signal });
}

/** True where people asked for as little motion as possible. */
export function wantsStillness(): boolean {
  return still.matches;
}

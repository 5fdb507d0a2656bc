// Decides which colours the canvas uses now: the style sheet follows light and dark by itself, a canvas does not.

import type { Theme } from './palette.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const paper = matchMedia('print');

/** True between `beforeprint` and `afterprint`, while the media query of some browsers does not say so yet or any more. */
let isPrinting = false;

/** The grid behind the lines; the rest is text and boxes, which the style sheet colours. */
export const GRID: Readonly<Record<Theme, string>> = { light: '#e3e7ec', dark: '#2b323b' };

/** Paper is light. */
export function currentTheme(): Theme {
  return dark.matches && !paper.matches && !isPrinting ? 'dark' : 'light';
}

/** Calls `draw` when printing begins, when the page has the size of the paper, and when printing has ended. */
export function onPaper(draw: () => void, signal: AbortSignal): void {
  const print = (printing: boolean) => {
    isPrinting = printing;
    draw();
  };
  addEventListener('beforeprint', () => print(true), { signal });
  addEventListener('afterprint', () => print(false), { signal });
  paper.addEventListener('change', () => draw(), { signal });
}

/** True if the reader has asked for as little motion as possible. */
export function wantsStillness(): boolean {
  return still.matches;
}

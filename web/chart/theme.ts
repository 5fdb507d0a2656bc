// Decides which colours the canvas uses now: the style sheet follows light and dark by itself, a canvas does not.

import type { Theme } from './palette.ts';

const dark = matchMedia('(prefers-color-scheme: dark)');
const still = matchMedia('(prefers-reduced-motion: reduce)');
const paper = matchMedia('print');

/** True between `beforeprint` and `afterprint`, while the media query of some browsers does not say so yet or any more. */
let isPrinting = false;

/** True while the page has the look of paper. */
export function isOnPaper(): boolean {
  return paper.matches || isPrinting;
}

/** The grid behind the lines; the rest is text and boxes, which the style sheet colours. */
export const GRID: Readonly<Record<Theme, string>> = { light: '#e3e7ec', dark: '#2b323b' };

/**
 * The theme around `element`: the one that stands there as `data-theme`, at the root of the page or where the charts are embedded; else
 * that of the system. Paper is light.
 */
export function themeOf(element: Element): Theme {
  if (isOnPaper()) return 'light';
  const chosen = element.closest('[data-theme]')?.getAttribute('data-theme');
  if (chosen === 'light' || chosen === 'dark') return chosen;
  return dark.matches ? 'dark' : 'light';
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

// Takes the steps that keys stand for while the focus is in the charts.

import type { Steps } from './steps.ts';

/** The share of the charts that one step of a button or a key moves by, and the factor of a zoom. */
export const STEP = 0.25;
const ZOOM = 2;

export function wireKeys(charts: HTMLElement, steps: Steps): void {
  charts.addEventListener('keydown', event => {
    const step = stepOf(event, steps);
    if (step === undefined) return;
    event.preventDefault();
    step();
  });
}

function stepOf(event: KeyboardEvent, steps: Steps): (() => void) | undefined {
  const { key, shiftKey, ctrlKey, altKey, metaKey, target } = event;
  if (ctrlKey || altKey || metaKey || !(target instanceof HTMLElement)) return undefined;
  if (target.closest('button, input, select, a') !== null) return undefined;
  const all: Readonly<Record<string, () => void>> = {
    ' ': () => steps.pauseOrGoOn(),
    l: () => steps.follow(),
    L: () => steps.follow(),
    '+': () => steps.zoom(1 / ZOOM, 0.5),
    '=': () => steps.zoom(1 / ZOOM, 0.5),
    '-': () => steps.zoom(ZOOM, 0.5),
    ...(shiftKey ? { ArrowLeft: () => steps.pan(STEP), ArrowRight: () => steps.pan(-STEP) } : {}),
  };
  return Object.hasOwn(all, key) ? all[key] : undefined;
}

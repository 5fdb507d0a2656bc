// Moves the time that is shown by gestures on the charts, and by keys while the focus is in them.

import { wireGestures } from '../chart/gestures.ts';
import { STEP, type Steps } from './steps.ts';

/** The factor of a zoom by a key. */
const ZOOM = 2;

export function wireMoves(charts: HTMLElement, steps: Steps): void {
  wireGestures(
    charts,
    {
      pan: (share, isFirst) => steps.pan(share, isFirst),
      zoom: (factor, place, isFirst) => steps.zoom(factor, place, isFirst),
      choose: (from, to) => steps.choose(from, to),
      back: () => steps.back(),
    },
    new AbortController().signal,
  );
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

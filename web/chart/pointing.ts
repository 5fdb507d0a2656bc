// Lets the reader point at a moment of a chart, with a mouse, a finger or the keyboard.

/** The place of the Home key, as a share of the time axis: a moment at the very edge would leave it at once. */
const HOME = 0.05;

/** The share of the time axis that a leap of the cursor takes. */
const LEAP = 0.1;

/**
 * A place on the time axis, from 0 at the left to 1 at the right, the next row, or a share of the axis from the cursor; undefined for nothing. A mouse that hovers, or
 * leaves, does not move a moment that was pinned by a click, a tap or a key.
 */
export type Pointing =
  | ((
      | { readonly place: number }
      | { readonly rows: 1 | -1 }
      | { readonly share: number }
      | { readonly leaves: true }
    ) & {
      readonly hovers?: true;
    })
  | undefined;

/**
 * Makes `plot` a slider that calls `point`. `isPointed` returns whether a moment is pointed at now. Listens to the page until
 * `signal` is aborted.
 */
export function wirePointing(
  plot: HTMLElement,
  name: string,
  point: (pointing: Pointing) => void,
  isPointed: () => boolean,
  signal: AbortSignal,
): void {
  for (const [attribute, value] of [
    ['tabindex', '0'],
    ['role', 'slider'],
    [
      'aria-label',
      `Time in the chart of ${name}: arrow keys move by a row, Escape returns to the latest values`,
    ],
    ['aria-valuemin', '0'],
    ['aria-valuemax', '100'],
    ['aria-valuenow', '100'],
  ] as const) {
    plot.setAttribute(attribute, value);
  }
  wirePointer(plot, point, isPointed, signal);
  const letGo = ({ key }: KeyboardEvent) => {
    if (key === 'Escape' && isPointed()) point(undefined);
  };
  addEventListener('keydown', letGo, { signal });
  plot.addEventListener('keydown', event => {
    const pointing = pointingOf(event);
    if (pointing === undefined && event.key !== 'Escape') return;
    event.preventDefault();
    point(pointing);
  });
}

function wirePointer(
  plot: HTMLElement,
  point: (pointing: Pointing) => void,
  isPointed: () => boolean,
  signal: AbortSignal,
): void {
  const placeOf = ({ clientX }: MouseEvent): number => {
    const { left, width } = plot.getBoundingClientRect();
    return (clientX - left) / width;
  };
  // A finger that moves, and a mouse with its button down, drag the charts.
  plot.addEventListener('pointermove', event => {
    if (event.pointerType === 'mouse' && event.buttons === 0) point({ place: placeOf(event), hovers: true });
  });
  plot.addEventListener('click', event => {
    if (!isButton(event.target)) point({ place: placeOf(event) });
  });
  plot.addEventListener('pointerleave', event => {
    if (event.pointerType === 'mouse') point({ leaves: true, hovers: true });
  });
  // A touch beside the charts lets go of the moment.
  addEventListener(
    'pointerdown',
    event => {
      const { pointerType } = event;
      // In a shadow tree only the path says what was touched.
      const [target = null] = event.composedPath();
      if (isPointed() && pointerType !== 'mouse' && !isChart(target) && !isButton(target)) point(undefined);
    },
    { signal },
  );
}

function pointingOf({ key, shiftKey }: KeyboardEvent): Pointing {
  // With Shift the arrow keys move the charts.
  if (shiftKey) return undefined;
  const all: Readonly<Record<string, Pointing>> = {
    ArrowLeft: { rows: -1 },
    ArrowRight: { rows: 1 },
    PageUp: { share: -LEAP },
    PageDown: { share: LEAP },
    Home: { place: HOME },
    End: { place: 1 },
  };
  return Object.hasOwn(all, key) ? all[key] : undefined;
}

function isButton(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('button, select, input, a') !== null;
}

/** True for the plot of any panel: the pointer moves from one chart to another. */
function isChart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.plot') !== null;
}

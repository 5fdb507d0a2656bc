// Lets the reader point at a moment of a chart, with a mouse, a finger or the keyboard.

/** The number of steps of an arrow key with Shift; one without. */
const LONG_STEP = 10;

/** The place of the Home key, as a share of the time axis: a moment at the very edge would leave it at once. */
const HOME = 0.05;

/** A share of the time axis, from 0 at the left to 1 at the right, or steps from the cursor; undefined for nothing. */
export type Pointing = { readonly place: number } | { readonly steps: number } | undefined;

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
    ['aria-label', `Time in the chart of ${name}: arrow keys move, Escape returns to the latest values`],
    ['aria-valuemin', '0'],
    ['aria-valuemax', '100'],
    ['aria-valuenow', '100'],
  ] as const) {
    plot.setAttribute(attribute, value);
  }
  wirePointer(plot, point, isPointed, signal);
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
  const pointAt = (event: PointerEvent): void => {
    const { left, width } = plot.getBoundingClientRect();
    point({ place: (event.clientX - left) / width });
  };
  plot.addEventListener('pointermove', pointAt);
  plot.addEventListener('pointerdown', pointAt);
  plot.addEventListener('pointerleave', event => {
    // A lifted finger leaves too; its moment stays until the reader touches something other than a chart.
    if (event.pointerType === 'mouse') point(undefined);
  });
  // The touch that began as pointing has become scrolling.
  plot.addEventListener('pointercancel', () => point(undefined));
  plot.addEventListener('blur', ({ relatedTarget }) => {
    if (!isChart(relatedTarget)) point(undefined);
  });
  // Some browsers do not move the focus on a touch.
  addEventListener(
    'pointerdown',
    ({ target }) => {
      if (isPointed() && !isChart(target)) point(undefined);
    },
    { signal },
  );
}

function pointingOf({ key, shiftKey }: KeyboardEvent): Pointing {
  const steps = shiftKey ? LONG_STEP : 1;
  return { ArrowLeft: { steps: -steps }, ArrowRight: { steps }, Home: { place: HOME }, End: { place: 1 } }[
    key
  ];
}

/** True for the plot of any panel: the pointer moves from one chart to another. */
function isChart(target: EventTarget | null): boolean {
  return target instanceof Element && target.closest('.plot') !== null;
}

// Chooses the range of the vertical axis: round numbers around the data, steady while the data stay similar.

export interface Extent {
  readonly min: number;
  readonly max: number;
}

/** An axis from `min` to `max`, both multiples of `step`. */
export interface Axis extends Extent {
  readonly step: number;
}

/** Room above and below the data, as a share of their span. */
const MARGIN = 0.06;

/** The least span, as a share of the values themselves: a flat signal is a line, not its magnified rounding errors. */
const LEAST_SPAN = 1e-3;

/** An axis is kept while it holds the data and spans no more than this many times the range that they need. */
const STEADY = 2.2;

/** An axis with about `sections` steps around `data`; `current` is kept while it still fits. */
export function axisFor(data: Extent, sections: number, current?: Axis): Axis {
  const wanted = withMargin(data);
  const span = wanted.max - wanted.min;
  const fits = current !== undefined && current.min <= data.min && data.max <= current.max;
  if (fits && current.max - current.min <= span * STEADY && isReadable(current, sections)) return current;
  const step = roundStep(span / sections);
  return { min: Math.floor(wanted.min / step) * step, max: Math.ceil(wanted.max / step) * step, step };
}

/** The values of the axis's lines, from the least to the greatest. */
export function axisTicks({ min, max, step }: Axis): number[] {
  const first = Math.round(min / step);
  return Array.from({ length: Math.round((max - min) / step) + 1 }, (_, index) => (first + index) * step);
}

/** Digits after the point that tell multiples of `step` apart; below 0 for steps of tens, hundreds and so on. */
export function decimalsOf(step: number): number {
  return -Math.floor(Math.log10(step) + 1e-9);
}

function withMargin({ min, max }: Extent): Extent {
  const magnitude = Math.max(Math.abs(min), Math.abs(max));
  const least = magnitude === 0 ? 1 : Math.max(magnitude * LEAST_SPAN, Number.MIN_VALUE / Number.EPSILON);
  const span = Math.max(max - min, least);
  const spare = (span - (max - min)) / 2 + span * MARGIN;
  const low = min - spare;
  const high = max + spare;
  // Data without negative values get no room below zero: 0 % stays at the bottom.
  return { min: min >= 0 && low < 0 ? 0 : low, max: max <= 0 && min < 0 && high > 0 ? 0 : high };
}

function isReadable({ min, max, step }: Axis, sections: number): boolean {
  const steps = (max - min) / step;
  return steps >= sections / 2 - 0.5 && steps <= sections * 2 + 0.5;
}

/** The least of 1, 2 and 5 times a power of ten that is not below `size`. */
function roundStep(size: number): number {
  const power = 10 ** Math.floor(Math.log10(size));
  const factor = [1, 2, 5].find(candidate => candidate * power >= size * (1 - 1e-9)) ?? 10;
  return factor * power;
}

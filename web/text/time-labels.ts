// Chooses the labels of a time axis: as many as fit, none over another, with the date where the times alone do not say it.

import { timeStep, timeTicks, writeTick } from './ticks.ts';
import { writeDate } from './times.ts';

const DAY = 86_400_000;
const MONTH = 30 * DAY;

/** CSS pixels of a character, about; between two labels; and from one line of the axis to the next, at least. */
const CHARACTER = 7;
const GAP = 8;
const LEAST_SECTION = 52;

/** CSS pixels by which a label may hang over the left and the right end of the axis. */
const BEYOND = { left: 40, right: 12 } as const;

export interface TimeLabel {
  /** The place of the middle of the label, as a share of the axis. */
  readonly at: number;
  readonly text: string;
}

/** Milliseconds between the lines of an axis from `from` to `to` that is `width` CSS pixels long, so that their labels fit. */
export function labelledStep(from: number, to: number, width: number, absolute: boolean): number {
  const most = width / LEAST_SECTION;
  let step = timeStep(to - from, most);
  for (let lines = most; lines > 1; lines -= 0.25) {
    step = timeStep(to - from, lines);
    const section = (width * step) / (to - from);
    if (section >= widthOf(writeTick(from, step, absolute)) + GAP) break;
  }
  return step;
}

/** The labels of the axis's lines. One at an end is moved inwards as far as it has to be, and left out if it meets the next one. */
export function timeLabels(
  from: number,
  to: number,
  width: number,
  step: number,
  absolute: boolean,
): TimeLabel[] {
  const labels: TimeLabel[] = [];
  const ticks = timeTicks(from, to, step, absolute);
  const left = axisDate(from, to, step, absolute) === '' ? BEYOND.left : 0;
  let end = Number.NEGATIVE_INFINITY;
  for (const time of ticks) {
    const text = writeTick(time, step, absolute);
    const half = widthOf(text) / 2;
    const wanted = ((time - from) / (to - from)) * width;
    const middle = Math.max(half - left, Math.min(width + BEYOND.right - half, wanted));
    if (middle - half < end + GAP / 2) continue;
    end = middle + half;
    labels.push({ at: middle / width, text });
  }
  return labels;
}

/**
 * The date of the beginning, if it is not that of `now` and no label says it; the year alone, if the labels are days of another year.
 * Empty for nothing to say.
 */
export function axisDate(
  from: number,
  to: number,
  step: number,
  absolute: boolean,
  now = Date.now(),
): string {
  if (!absolute || step >= MONTH) return '';
  const [date, today] = [writeDate(from), writeDate(now)];
  if (step >= DAY) return date.slice(0, 4) === today.slice(0, 4) ? '' : date.slice(0, 4);
  const isTold = timeTicks(from, to, step).some(time => writeDate(time) !== date);
  return date === today || (isTold && date.slice(0, 4) === today.slice(0, 4)) ? '' : date;
}

function widthOf(text: string): number {
  return text.length * CHARACTER;
}

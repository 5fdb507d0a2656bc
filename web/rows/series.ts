// Collects the points, the latest value and the digits of one column.

import type { ShownColumn } from '../stream/describe.ts';
import { Digits } from './digits.ts';
import type { LinePoints } from './line-points.ts';

/** The latest value of one column. */
export interface LatestValue {
  readonly column: ShownColumn;
  /** The value in the newest row: text, or a number that is NaN for a missing value. Undefined before the first row. */
  readonly latest: number | string | undefined;
  /** The newest value that is not missing, and its time in milliseconds. */
  readonly lastValue: { readonly time: number; readonly value: number } | undefined;
  /** Digits after the point. */
  readonly decimals: number;
}

export class Series implements LatestValue {
  readonly column: ShownColumn;
  points: LinePoints;
  latest: number | string | undefined;
  lastValue: { readonly time: number; readonly value: number } | undefined;
  readonly #digits: Digits;

  constructor(column: ShownColumn, points: LinePoints) {
    this.column = column;
    this.points = points;
    this.#digits = new Digits(column);
  }

  get decimals(): number {
    return this.#digits.decimals;
  }

  /** Takes the value of one row, as it stands in the column. */
  take(time: number, stored: unknown): void {
    const { meaning, missingTexts } = this.column;
    if (meaning === undefined) {
      const text = String(stored ?? '');
      this.latest = missingTexts.includes(text) ? '' : text;
      return;
    }
    const value = meaning.valueOf(Number(stored));
    this.latest = value;
    if (Number.isFinite(value)) this.lastValue = { time, value };
    this.#digits.add(value);
    this.points.push(time, value);
  }

  /** The latest value now, which later rows do not change. */
  snapshot(): LatestValue {
    const { column, latest, lastValue, decimals } = this;
    return { column, latest, lastValue, decimals };
  }
}

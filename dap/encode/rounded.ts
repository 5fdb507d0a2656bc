// Writes numbers rounded to the digits that the resolution of their column gives a meaning.

import type { NumberColumn } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';
import {
  DigitWriter,
  LARGEST_SCALED,
  LONGEST_NUMBER,
  MOST_PLACES,
  type NumberWriter,
  POWERS,
  putFraction,
  putMinus,
  putWhole,
} from './digits.ts';

/** The decimal places of a resolution that are written at most, behind its first digit. */
const PLACES_BEHIND_FIRST = 2;

/**
 * The decimal places that numbers in steps of `resolution` are written with: all places of the step if it has few, as 0.0625 has, else
 * three digits of it, so that the rounding is a small part of the step.
 */
export function placesOf(resolution: number): number | undefined {
  if (!(resolution > 0 && resolution < Number.POSITIVE_INFINITY)) return undefined;
  const first = Math.max(0, Math.ceil(-Math.log10(resolution)));
  for (let places = 0; places < first + PLACES_BEHIND_FIRST; places++) {
    if (Number(resolution.toFixed(places)) === resolution) return places;
  }
  return Math.min(MOST_PLACES, first + PLACES_BEHIND_FIRST);
}

/** Writes the numbers of one column with `places` decimal places, without zeros at the end. Numbers that are too large have all digits. */
export class RoundedWriter implements NumberWriter {
  readonly longest = LONGEST_NUMBER;
  readonly #places: number;
  readonly #power: number;
  readonly #shift: number;
  readonly #exact: DigitWriter;

  constructor(type: NumberType, places: number) {
    this.#places = places;
    this.#power = POWERS[places]!;
    this.#shift = POWERS[MOST_PLACES - places]!;
    this.#exact = new DigitWriter(type);
  }

  put(view: DataView, at: number, column: NumberColumn, row: number): number {
    const value = column[row]!;
    const scaled = Math.round(Math.abs(value) * this.#power);
    if (!(scaled < LARGEST_SCALED)) return this.#exact.put(view, at, column, row);
    const whole = Math.floor(scaled / this.#power);
    const fraction = (scaled - whole * this.#power) * this.#shift;
    // Zero has no sign.
    const start = value < 0 && scaled > 0 ? putMinus(view, at) : at;
    const above = Math.floor(whole / 1e8);
    const end = putWhole(view, start, above | 0, (whole - above * 1e8) | 0);
    if (fraction === 0) return end;
    const first = Math.floor(fraction / 1e8);
    return putFraction(view, end, first | 0, (fraction - first * 1e8) | 0, this.#places);
  }
}

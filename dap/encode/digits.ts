// Writes the shortest digits of a number into bytes without a string in between.

import type { NumberColumn } from '../model/value.ts';
import type { NumberType } from '../model/variable.ts';
import { decimal } from './decimal.ts';

/**
 * The greatest number of bytes of a number: sign, 17 digits, point, exponent such as `e-308`, or six zeros before the digits. Digits
 * are written in groups of four, also if fewer are needed.
 */
export const LONGEST_NUMBER = 28;

const [MINUS, POINT, ZERO] = [0x2d, 0x2e, 0x30];

/** The most decimal places of a number that is written digit by digit. */
export const MOST_PLACES = 16;

/** 1, 10, ... 1e16, each of them exactly a double. */
export const POWERS = Float64Array.from({ length: MOST_PLACES + 1 }, (_, exponent) => 10 ** exponent);

/**
 * Below this number, the product `value x 10^n` is wrong by less than a half: a double is exact to half a unit of its 53 bits, the
 * product to one unit. So the rounded product is the decimal that the value was read from, if that decimal had n places. No two
 * decimals of n places read as the same double, so that the decimal without zeros at its end is the shortest.
 */
export const LARGEST_SCALED = 2 ** 51;

/** JavaScript writes smaller numbers with an exponent. */
const LEAST_PLAIN = 1e-6;

/** The least number that is not the only Float32 of its whole-number digits. */
const LARGEST_WHOLE_FLOAT32 = 2 ** 24;

/** `0000` to `9999`, each the four bytes of one big-endian word. */
const FOUR_DIGITS = Int32Array.from({ length: 10_000 }, (_, number) => {
  const digit = (power: number) => ZERO + (Math.floor(number / power) % 10);
  return (digit(1000) << 24) | (digit(100) << 16) | (digit(10) << 8) | digit(1);
});

/** Writes the numbers of one column as text. */
export interface NumberWriter {
  /** Bytes that a number needs at most, those included that are written and overwritten. */
  readonly longest: number;
  /** Writes `column[row]` at `at`, where `longest` bytes are free; returns the offset after it. */
  put(view: DataView, at: number, column: NumberColumn, row: number): number;
}

/**
 * Writes the numbers of one column, each as `decimal` does. Remembers the number of decimal places: the next number rarely has
 * more.
 */
export class DigitWriter implements NumberWriter {
  readonly longest = LONGEST_NUMBER;
  readonly #type: NumberType;
  readonly #single: boolean;
  readonly #largestWhole: number;
  #places = 1;

  constructor(type: NumberType) {
    this.#type = type;
    this.#single = type === 'Float32';
    this.#largestWhole = this.#single ? LARGEST_WHOLE_FLOAT32 : LARGEST_SCALED;
  }

  put(view: DataView, at: number, column: NumberColumn, row: number): number {
    // Calls pass only small integers: V8 allocates a double on the heap for a call that it does not inline.
    const value = column[row]!;
    const size = Math.abs(value);
    const whole = Math.floor(size);
    let fraction = 0;
    if (whole !== size) {
      // NaN takes this branch, too.
      let power = POWERS[this.#places]!;
      let scaled = Math.round(size * power);
      if (this.#single || !(scaled < LARGEST_SCALED && scaled / power === size && size >= LEAST_PLAIN)) {
        if (!this.#findPlaces(column, row)) return this.#putText(view, at, column, row);
        power = POWERS[this.#places]!;
        scaled = Math.round(size * power);
      }
      // The decimal lies between the same whole numbers as its nearest double.
      fraction = (scaled - whole * power) * POWERS[MOST_PLACES - this.#places]!;
    } else if (size >= this.#largestWhole || (size === 0 && Object.is(value, -0))) {
      return this.#putText(view, at, column, row);
    }
    const start = value < 0 ? putMinus(view, at) : at;
    const above = Math.floor(whole / 1e8);
    const end = putWhole(view, start, above | 0, (whole - above * 1e8) | 0);
    if (fraction === 0) return end;
    const first = Math.floor(fraction / 1e8);
    return putFraction(view, end, first | 0, (fraction - first * 1e8) | 0, this.#places);
  }

  /** Finds the least number of decimal places for the number; false if it has too many digits. */
  #findPlaces(column: NumberColumn, row: number): boolean {
    const size = Math.abs(column[row]!);
    if (!(size >= LEAST_PLAIN)) return false;
    let places = this.#places;
    if (!this.#fits(size, places)) {
      places = MOST_PLACES;
      while (places > 0 && size * POWERS[places]! >= LARGEST_SCALED) places -= 1;
      // A decimal of few places is also a decimal of many places.
      if (places === 0 || !this.#fits(size, places)) return false;
    }
    while (places > 1 && this.#fits(size, places - 1)) places -= 1;
    this.#places = places;
    return true;
  }

  #fits(size: number, places: number): boolean {
    const power = POWERS[places]!;
    const scaled = size * power;
    if (scaled >= LARGEST_SCALED) return false;
    // A double holds both whole numbers exactly, so that their quotient is the value that the decimal reads as.
    const read = Math.round(scaled) / power;
    return (this.#single ? Math.fround(read) : read) === size;
  }

  #putText(view: DataView, at: number, column: NumberColumn, row: number): number {
    const text = decimal(this.#type, column[row]!);
    for (let i = 0; i < text.length; i++) view.setUint8(at + i, text.charCodeAt(i));
    return at + text.length;
  }
}

export function putMinus(view: DataView, at: number): number {
  view.setUint8(at, MINUS);
  return at + 1;
}

/** Writes `above * 1e8 + below`, two whole numbers below 1e8. */
export function putWhole(view: DataView, at: number, above: number, below: number): number {
  if (above === 0) return putFew(view, at, below);
  const next = putFew(view, at, above);
  putEight(view, next, below);
  return next + 8;
}

/** Writes a whole number below 1e8. */
function putFew(view: DataView, at: number, value: number): number {
  if (value < 1e4) return putFirst(view, at, value);
  const above = (value / 1e4) | 0;
  const next = putFirst(view, at, above);
  view.setInt32(next, FOUR_DIGITS[value - above * 1e4]!);
  return next + 4;
}

/** Writes a whole number below 1e4 without leading zeros. */
function putFirst(view: DataView, at: number, value: number): number {
  const digits = value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
  view.setInt32(at, FOUR_DIGITS[value]! << (8 * (4 - digits)));
  return at + digits;
}

/** Writes a whole number below 1e8 with leading zeros. */
export function putEight(view: DataView, at: number, value: number): void {
  const above = (value / 1e4) | 0;
  view.setInt32(at, FOUR_DIGITS[above]!);
  view.setInt32(at + 4, FOUR_DIGITS[value - above * 1e4]!);
}

/** Writes a point and the first `places` of the sixteen digits of `first` and `second`, without trailing zeros. */
export function putFraction(
  view: DataView,
  at: number,
  first: number,
  second: number,
  places: number,
): number {
  view.setUint8(at, POINT);
  putEight(view, at + 1, first);
  if (places > 8) putEight(view, at + 9, second);
  let end = at + 1 + places;
  while (view.getUint8(end - 1) === ZERO) end -= 1;
  return end;
}

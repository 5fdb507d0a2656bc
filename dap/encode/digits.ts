// How are a number's shortest digits written into bytes without making a string of them?

import type { NumberType } from '../model/layout.ts';
import { decimal } from './decimal.ts';

/** No number takes more bytes: sign, 17 digits, point, exponent such as `e-308`, or six zeros before the digits. */
export const LONGEST_NUMBER = 26;

const [MINUS, POINT, ZERO] = [0x2d, 0x2e, 0x30];

/** 1, 10, ... 1e15, each of them exactly a double. */
const POWERS = Float64Array.from({ length: 16 }, (_, exponent) => 10 ** exponent);

/**
 * Below this, `value x 10^n` is rounded by less than half: a double is known to half a unit of its 53 bits, the product to
 * one. So rounding it gives the very decimal that the value was read from, if it was one of n places.
 */
const LARGEST_SCALED = 2 ** 51;

/** JavaScript writes numbers below this with an exponent. */
const LEAST_PLAIN = 1e-6;

/** The least number that is not the only Float32 of its whole-number digits. */
const LARGEST_WHOLE_FLOAT32 = 2 ** 24;

/** `00` to `99`, two bytes each. */
const PAIRS = Uint8Array.from(
  { length: 200 },
  (_, i) => ZERO + (i % 2 === 0 ? Math.floor(i / 20) : (i >> 1) % 10),
);

/**
 * Writes the numbers of one column, each as `decimal` would. It remembers how many decimal places the last one had: the
 * next one most often has as many.
 */
export class DigitWriter {
  private readonly type: NumberType;
  private readonly single: boolean;
  private readonly largestWhole: number;
  private places = 1;

  constructor(type: NumberType) {
    this.type = type;
    this.single = type === 'Float32';
    this.largestWhole = this.single ? LARGEST_WHOLE_FLOAT32 : LARGEST_SCALED;
  }

  /** Writes `value` at `at`, where `LONGEST_NUMBER` bytes are free; gives the place behind it. */
  put(bytes: Uint8Array, at: number, value: number): number {
    const size = Math.abs(value);
    if (Math.floor(size) === size) {
      if (size >= this.largestWhole || (size === 0 && Object.is(value, -0)))
        return this.putText(bytes, at, value);
      return putWhole(bytes, putSign(bytes, at, value), size);
    }
    // NaN too comes this way.
    if (!(size >= LEAST_PLAIN)) return this.putText(bytes, at, value);
    const places = this.placesOf(size);
    if (places === 0) return this.putText(bytes, at, value);
    this.places = places;
    const power = POWERS[places]!;
    const scaled = Math.round(size * power);
    const whole = Math.floor(scaled / power);
    const point = putWhole(bytes, putSign(bytes, at, value), whole);
    bytes[point] = POINT;
    putDigits(bytes, point + 1, scaled - whole * power, places);
    return point + 1 + places;
  }

  /** The least number of decimal places that reads back to `size`; 0 where it takes more digits than fit. */
  private placesOf(size: number): number {
    let { places } = this;
    if (this.fits(size, places)) {
      while (places > 1 && this.fits(size, places - 1)) places -= 1;
      return places;
    }
    do places += 1;
    while (places < POWERS.length && size * POWERS[places]! < LARGEST_SCALED && !this.fits(size, places));
    return places < POWERS.length && this.fits(size, places) ? places : 0;
  }

  private fits(size: number, places: number): boolean {
    const power = POWERS[places]!;
    const scaled = size * power;
    if (scaled >= LARGEST_SCALED) return false;
    // Both are whole numbers that a double holds, so that their quotient is what the decimal reads as.
    const read = Math.round(scaled) / power;
    return (this.single ? Math.fround(read) : read) === size;
  }

  private putText(bytes: Uint8Array, at: number, value: number): number {
    const text = decimal(this.type, value);
    for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
    return at + text.length;
  }
}

function putSign(bytes: Uint8Array, at: number, value: number): number {
  if (value >= 0) return at;
  bytes[at] = MINUS;
  return at + 1;
}

/** Writes a whole number from 0 to 2^53 - 1. */
function putWhole(bytes: Uint8Array, at: number, value: number): number {
  const digits = digitCount(value);
  putDigits(bytes, at, value, digits);
  return at + digits;
}

function digitCount(value: number): number {
  let count = 1;
  while (count < POWERS.length && value >= POWERS[count]!) count += 1;
  return count;
}

/** Writes the last `digits` digits of a whole number, with zeros before it where it has fewer. */
function putDigits(bytes: Uint8Array, at: number, value: number, digits: number): void {
  let end = at + digits;
  let rest = value;
  // Eight digits fit the machine's fast integers; a double of more is taken apart first.
  while (end - at > 8) {
    const above = Math.floor(rest / 1e8);
    putFew(bytes, end - 8, rest - above * 1e8, 8);
    rest = above;
    end -= 8;
  }
  putFew(bytes, at, rest, end - at);
}

function putFew(bytes: Uint8Array, at: number, value: number, digits: number): void {
  let rest = value | 0;
  let end = at + digits;
  for (; end - at >= 2; end -= 2) {
    const above = (rest / 100) | 0;
    const pair = (rest - above * 100) << 1;
    bytes[end - 2] = PAIRS[pair]!;
    bytes[end - 1] = PAIRS[pair + 1]!;
    rest = above;
  }
  if (end > at) bytes[at] = ZERO + rest;
}

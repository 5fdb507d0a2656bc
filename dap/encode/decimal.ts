// Prints a number as the shortest decimal that reads back as the same number.

import type { NumberType } from '../model/variable.ts';

/**
 * The shortest decimal that reads back as the same number of that type: the Float32 nearest to 0.1 is `0.1`. Other values are `NaN`,
 * `Infinity` and `-Infinity`, as ERDDAP prints them and strtod, Python, Java, R and JavaScript read them.
 */
export function decimal(type: NumberType, value: number): string {
  if (Object.is(value, -0)) return '-0';
  return type === 'Float32' ? shortestFloat32(value) : String(value);
}

/** The digits after the point that a decimal such as `0.05` or `1e-7` has. */
export function decimalsIn(text: string): number {
  const [, fraction = '', exponent = '0'] = /^[^.e]*(?:\.(\d+))?(?:e([+-]\d+))?$/.exec(text) ?? [];
  return Math.max(0, fraction.length - Number(exponent));
}

/** The least positive Float32 with all its 24 bits. */
const LEAST_NORMAL_FLOAT32 = 2 ** -126;

function shortestFloat32(value: number): string {
  // A decimal of up to six digits survives the conversion to a normal Float32, so that six digits find it, with zeros behind it.
  // Three powers of two get one digit too many: on the side where the next Float32 is twice as far away, a decimal further away
  // would do.
  for (let digits = Math.abs(value) < LEAST_NORMAL_FLOAT32 ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

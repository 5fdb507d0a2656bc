// Writes values with the digits that their chart needs, in a width that does not jump.

import { superscript } from './superscript.ts';

/** From `LARGE` on, and below `SMALL`, powers of ten can be easier to read than digits. */
const LARGE = 1e7;
const SMALL = 1e-4;

/** A narrow no-break space. */
const GROUP_SPACE = '\u202f';

/** Stands for a missing value. */
export const NO_VALUE = '–';

/**
 * `value` with `decimals` digits after the point; a negative number of digits stands for tens, hundreds and so on. A very large
 * number is written as a power of ten if that is shorter, and a very small one always, with at least `leastDigits` digits after
 * the point.
 */
export function writeValue(value: number, decimals: number, leastDigits = 0): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  const tooSmall = size < SMALL && decimals > 4 && size > 0;
  if (tooSmall) return writePower(value, decimals, leastDigits);
  const whole = withSpaces(value.toFixed(Math.max(0, Math.min(decimals, 12)))).replace(
    /^-(?=0(?:\.0*)?$)/,
    '',
  );
  if (size < LARGE) return whole;
  const power = writePower(value, decimals, leastDigits);
  return power.length < whole.length ? power : whole;
}

/** An integer with all its digits. */
export function writeInteger(value: number): string {
  return Number.isFinite(value) ? withSpaces(value.toFixed(0)) : NO_VALUE;
}

/** Groups of three digits before the point, from five digits on, and a real minus sign. */
function withSpaces(digits: string): string {
  const grouped = /^-?\d{5}/.test(digits)
    ? digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, GROUP_SPACE)
    : digits;
  return grouped.replace(/^-(?!0(?:\.0*)?$)/, '−');
}

function writePower(value: number, decimals: number, leastDigits: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const digits = Math.max(leastDigits, Math.min(8, exponent + decimals));
  const [mantissa = '', power = ''] = value.toExponential(digits).split('e');
  return `${mantissa.replace('-', '−')}×10${superscript(Number(power))}`;
}

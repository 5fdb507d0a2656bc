// Writes values with the digits that their chart needs and the decimal sign of the reader's language, in a width that does not jump.

import { superscript } from './superscript.ts';

/** From `LARGE` on, and below `SMALL`, powers of ten can be easier to read than digits. */
const LARGE = 1e7;
const SMALL = 1e-4;

/** The most digits of a power of ten behind its point, and the digits of a number of double precision. */
const POWER_DIGITS = 8;
const PRECISION = 15;

/** Among numbers with more digits after the point, which are mostly powers of ten, zero has none. */
const ZERO_DIGITS = 6;

/** From here on JavaScript itself writes powers of ten. */
const HUGE = 1e21;

/** A narrow no-break space. */
const GROUP_SPACE = '\u202f';

/** The decimal sign of this browser's language. */
const DECIMAL_SIGN = decimalSignOf(undefined);

/** Stands for a missing value. */
export const NO_VALUE = '–';

/**
 * `value` with `decimals` digits after the point; a negative number of digits stands for tens, hundreds and so on. A very large
 * number is written as a power of ten if that is shorter, and a very small one always, with at least `leastDigits` digits after
 * the point.
 */
export function writeValue(value: number, decimals: number, leastDigits = 0): string {
  return withDecimalSign(digitsOf(value, decimals, leastDigits));
}

/** `digits`, which have a point, with the decimal sign of the reader's language. */
export function withDecimalSign(digits: string): string {
  return digits.replace('.', DECIMAL_SIGN);
}

/** The decimal sign of a language, undefined for that of the browser; a point if the language has digits of its own. */
export function decimalSignOf(language: string | undefined): string {
  const format = new Intl.NumberFormat(language);
  if (format.resolvedOptions().numberingSystem !== 'latn') return '.';
  return format.formatToParts(0.5).find(({ type }) => type === 'decimal')?.value ?? '.';
}

function digitsOf(value: number, decimals: number, leastDigits: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  if (size === 0 && decimals > ZERO_DIGITS) return '0';
  const tooSmall = size < SMALL && decimals > 4 && size > 0;
  if (tooSmall) return writePower(value, decimals, leastDigits);
  const whole = withSpaces(value.toFixed(Math.max(0, Math.min(decimals, 12))));
  const wanted = Math.floor(Math.log10(size)) + decimals;
  const wouldLoseDigits = wanted > POWER_DIGITS && wanted <= PRECISION;
  if (size < LARGE || (wouldLoseDigits && size < HUGE)) return whole;
  const power = writePower(value, decimals, leastDigits);
  return power.length < whole.length || size >= HUGE ? power : whole;
}

/** An integer with all its digits. */
export function writeInteger(value: number): string {
  return Number.isFinite(value) ? withSpaces(value.toFixed(0)) : NO_VALUE;
}

/** Groups of three digits before the point, from five digits on, a real minus sign, and none before zero. */
function withSpaces(digits: string): string {
  const grouped = /^-?\d{5}/.test(digits)
    ? digits.replace(/\B(?<!\.\d*)(?=(?:\d{3})+(?!\d))/g, GROUP_SPACE)
    : digits;
  return grouped.replace(/^-0(?=(?:\.0*)?$)/, '0').replace(/^-/, '−');
}

function writePower(value: number, decimals: number, leastDigits: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const digits = Math.max(leastDigits, Math.min(POWER_DIGITS, exponent + decimals));
  const [mantissa = '', power = ''] = value.toExponential(digits).split('e');
  return `${mantissa.replace('-', '−')}×10${superscript(Number(power))}`;
}

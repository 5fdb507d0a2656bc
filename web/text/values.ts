// How a value is written: as many digits as its chart can tell apart, in a width that does not jump.

const SUPERSCRIPTS: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** From here on powers of ten are easier to read than digits; below `SMALL` likewise. */
const LARGE = 1e7;
const SMALL = 1e-4;

/** A narrow space at which no line is broken. */
const GROUP_SPACE = '\u202f';

/** What stands for no value. */
export const NO_VALUE = '–';

/**
 * `value` to `decimals` digits after the point, which may be less than none: 1234 to -2 is to the hundreds. Numbers that
 * are very large or small are written as powers of ten, with `leastDigits` digits after the point at least.
 */
export function writeValue(value: number, decimals: number, leastDigits = 0): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  const tooSmall = size < SMALL && decimals > 4 && size > 0;
  if (size >= LARGE || tooSmall) return writePower(value, decimals, leastDigits);
  return withSpaces(value.toFixed(Math.max(0, Math.min(decimals, 12)))).replace(/^-(?=0(?:\.0*)?$)/, '');
}

/** An integer, all of it. */
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
  const raised = [...power.replace('+', '')].map(digit => SUPERSCRIPTS[digit]).join('');
  return `${mantissa.replace('-', '−')}×10${raised}`;
}

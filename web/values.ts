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

/** `value` to `decimals` digits after the point, with a real minus sign; very large or small ones as powers of ten. */
export function writeValue(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const size = Math.abs(value);
  const tooSmall = size < SMALL && decimals > 4 && size > 0;
  if (size >= LARGE || tooSmall) return writePower(value, decimals);
  return value.toFixed(Math.min(decimals, 12)).replace(/^-(?=0(?:\.0*)?$)/, '').replace('-', '−');
}

/** An integer, in groups of three digits from five digits on. */
export function writeInteger(value: number): string {
  if (!Number.isFinite(value)) return NO_VALUE;
  const digits = value.toFixed(0);
  const grouped = Math.abs(value) < 10_000 ? digits : digits.replace(/\B(?=(?:\d{3})+$)/g, GROUP_SPACE);
  return grouped.replace('-', '−');
}

function writePower(value: number, decimals: number): string {
  const exponent = Math.floor(Math.log10(Math.abs(value)));
  const digits = Math.max(0, Math.min(8, exponent + decimals));
  const [mantissa = '', power = ''] = value.toExponential(digits).split('e');
  const raised = [...power.replace('+', '')].map(digit => SUPERSCRIPTS[digit]).join('');
  return `${mantissa.replace('-', '−')}×10${raised}`;
}

// Writes an integer as a superscript: `-2` as `⁻²`.

const DIGITS = '⁰¹²³⁴⁵⁶⁷⁸⁹';

export function superscript(integer: number): string {
  const digits = [...String(Math.abs(integer))].map(digit => DIGITS[Number(digit)]).join('');
  return `${integer < 0 ? '⁻' : ''}${digits}`;
}

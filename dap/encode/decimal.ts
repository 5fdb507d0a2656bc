// How is a number printed so that it reads back as the same number?

import type { NumberType } from '../model/variable.ts';

/**
 * The shortest decimal that reads back to the same number of that type: the Float32 nearest to 0.1 is `0.1`. What is no
 * number is `NaN`, `Infinity` and `-Infinity`, as ERDDAP prints it and strtod, Python, Java, R and JavaScript read it.
 */
export function decimal(type: NumberType, value: number): string {
  if (Object.is(value, -0)) return '-0';
  return type === 'Float32' ? shortestFloat32(value) : String(value);
}

/** The least positive Float32 with all its 24 bits. */
const LEAST_NORMAL_FLOAT32 = 2 ** -126;

function shortestFloat32(value: number): string {
  // Six digits always survive the way through a normal Float32, so a shorter decimal is found with six, zeros cut. Of
  // all values three powers of two get a digit too many: a decimal farther off would do, on the side where the next
  // Float32 is twice as far away.
  for (let digits = Math.abs(value) < LEAST_NORMAL_FLOAT32 ? 1 : 6; digits < 9; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === value) return String(rounded);
  }
  return String(Number(value.toPrecision(9)));
}

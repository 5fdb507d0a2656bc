// Finds out whether the numbers of a column are states with words, such as those of a switch, counts, or measured quantities.

import { type AttributeTable, attributeText, listedNumbers } from '../../dap/model/attributes.ts';
import type { NumberMeaning } from '../../dap/model/meaning.ts';
import { withDecimalSign } from '../text/values.ts';

/** The words of a column's states by their values, in the order of the states. */
export type Flags = ReadonlyMap<number, string>;

/** How the values of a column are drawn: a line from row to row, steps that hold until the next row, or a strip of states. */
export type DrawnAs = 'line' | 'steps' | 'states';

/** The words of a switch whose dataset has none. */
const SWITCH: Flags = new Map([
  [0, 'off'],
  [1, 'on'],
]);

/**
 * The states of a column: those of `flag_values` and `flag_meanings` (CF conventions, section 3.5), or on and off for whole numbers
 * whose valid range is from 0 to 1. Undefined for any other column.
 */
export function flagsOf(
  attributes: AttributeTable | undefined,
  meaning: NumberMeaning | undefined,
): Flags | undefined {
  if (meaning === undefined) return undefined;
  const words = (attributeText(attributes, 'flag_meanings') ?? '')
    .split(/[\s,]+/)
    .filter(word => word !== '');
  const values = listedNumbers(attributes, 'flag_values').map(({ value }) => meaning.valueOf(value));
  // Masks make a state of each combination of bits: these are drawn as the numbers that they are.
  const isMasked = listedNumbers(attributes, 'flag_masks').length > 0;
  if (values.length > 1 && values.length === words.length && !isMasked) {
    return new Map(values.map((value, index) => [value, words[index]!.replaceAll('_', ' ')]));
  }
  return isSwitch(attributes, meaning) ? SWITCH : undefined;
}

/** What a column has of the words and steps of its values. */
interface WithFlags {
  readonly flags?: Flags | undefined;
}

interface Shape extends WithFlags {
  readonly kind: 'real' | 'integer' | 'text';
  /** As people write it. */
  readonly unit: string;
  readonly resolution: number | undefined;
}

/** Integers are counted, and hold until the next row, as do numbers without a unit that come in whole steps. */
export function drawnAs({ flags, kind, unit, resolution }: Shape): DrawnAs {
  if (flags !== undefined) return 'states';
  const isCounted = unit === '' && resolution !== undefined && Number.isInteger(resolution);
  return kind === 'integer' || isCounted ? 'steps' : 'line';
}

/** The word of a state, or the number if it is none of them; undefined for a column without states and for no value. */
export function wordOf({ flags }: WithFlags, value: number | undefined): string | undefined {
  if (flags === undefined || value === undefined || Number.isNaN(value)) return undefined;
  return flags.get(value) ?? withDecimalSign(String(value));
}

function isSwitch(attributes: AttributeTable | undefined, meaning: NumberMeaning): boolean {
  const numbers = (name: string) => listedNumbers(attributes, name).map(({ value }) => value);
  const range = numbers('valid_range');
  const [least, greatest] = range.length === 2 ? range : [numbers('valid_min')[0], numbers('valid_max')[0]];
  const isWhole = meaning.isWhole || numbers('resolution')[0] === 1;
  return isWhole && least === 0 && greatest === 1 && meaning.scale === 1 && meaning.offset === 0;
}

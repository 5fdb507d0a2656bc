// Tells the values of a column from its missing values, and unpacks them, by the attributes of the column.

import {
  type AttributeTable,
  attributeText,
  columnAttributes,
  type ListedNumber,
  listedNumbers,
} from './attributes.ts';
import { isNumberType } from './layout.ts';
import type { NumberType, Sequence } from './variable.ts';

/** The attributes that mark values as missing. */
const MARKS = ['_FillValue', 'missing_value'];

/** The attributes by which `NumberMeaning` tells values from missing values, and unpacks them. */
export const MEANING_ATTRIBUTES: readonly string[] = [
  ...MARKS,
  'valid_range',
  'valid_min',
  'valid_max',
  '_Unsigned',
  'scale_factor',
  'add_offset',
];

/** Bits of the types that hold whole numbers. */
const BITS: Partial<Record<string, 8 | 16 | 32>> = { Byte: 8, Int16: 16, UInt16: 16, Int32: 32, UInt32: 32 };

/** The fewest digits that a server prints (`%.6g`): a decimal with as many or more may be a longer number that was cut. */
const FEWEST_DIGITS = 6;

/** A missing value, and the distance from it within which a number of the column may have been printed as it. */
interface Marker {
  readonly value: number;
  readonly tolerance: number;
}

/** The bounds of valid values. */
type Range = readonly [least: number, greatest: number];

const EVERYTHING: Range = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];

/** Tells the values of a column from its missing values. `stored` is a number as it stands in the column. */
export interface MissingTest {
  isMissing(stored: number): boolean;
}

/** The test of a column whose missing values are NaN and, if it is a number, `marker`. */
export function missingTest(marker: number | MissingTest = Number.NaN): MissingTest {
  if (typeof marker !== 'number') return marker;
  return { isMissing: stored => Number.isNaN(stored) || stored === marker };
}

/**
 * The meaning of the numbers of one column, by its type and by the attributes `_FillValue`, `missing_value`, `valid_range`,
 * `valid_min`, `valid_max`, `_Unsigned`, `scale_factor` and `add_offset` (CF conventions, sections 2.5.1 and 8.1; attribute
 * conventions of the NetCDF Users Guide).
 */
export class NumberMeaning implements MissingTest {
  /** False if values can have a fraction: values of a float type, or packed values. */
  readonly isWhole: boolean;
  readonly scale: number;
  readonly offset: number;
  /** True if the numbers have to be unpacked. */
  readonly isPacked: boolean;
  /** True if whole numbers are signed, by their type or by the attributes. */
  readonly isSigned: boolean;
  readonly #bits: 8 | 16 | 32 | undefined;
  readonly #markers: readonly Marker[];
  /** The range of packed numbers. */
  readonly #least: number;
  readonly #greatest: number;
  /** Only the range decides whether a number is a value. */
  readonly #isRangeAll: boolean;
  /** The range of unpacked numbers; undefined in most columns. */
  readonly #unpackedRange: Range | undefined;

  constructor(type: NumberType, attributes: AttributeTable | undefined) {
    const scales = listedNumbers(attributes, 'scale_factor');
    const offsets = listedNumbers(attributes, 'add_offset');
    this.scale = finite(scales[0]) ?? 1;
    this.offset = finite(offsets[0]) ?? 0;
    this.#bits = BITS[type];
    const isPacked = this.scale !== 1 || this.offset !== 0;
    this.isPacked = isPacked;
    this.isWhole = this.#bits !== undefined && !isPacked;

    const bounds = boundsIn(attributes);
    this.isSigned = isSigned(type, attributes, bounds);
    this.#markers = MARKS.flatMap(name => listedNumbers(attributes, name)).flatMap(({ value }) =>
      this.#markersOf(type, value),
    );
    // A range of the type of the unpacked numbers, wider than the packed type, bounds the unpacked numbers (Users Guide).
    const unpackedType = [...scales, ...offsets].some(({ type }) => type === 'Float64')
      ? 'Float64'
      : 'Float32';
    const isOfUnpacked =
      isPacked && bounds.type === unpackedType && type !== bounds.type && type !== 'Float64';
    const spare = Math.abs(this.scale) * 1e-6;
    this.#unpackedRange = isOfUnpacked ? usable([bounds.least - spare, bounds.greatest + spare]) : undefined;
    [this.#least, this.#greatest] = isOfUnpacked ? EVERYTHING : usable(this.#rangeOf(type, bounds));
    this.#isRangeAll = this.#bits === undefined && this.#markers.length === 0 && !isPacked;
  }

  /** True for a number that is NaN, marked as missing, or outside of the valid range. */
  isMissing(stored: number): boolean {
    // A fast path for columns with at most a range, which most are: statistics test every row.
    if (this.#isRangeAll) return !(stored >= this.#least && stored <= this.#greatest);
    return Number.isNaN(this.valueOf(stored));
  }

  /** True if numbers besides NaN are marked as missing. */
  get hasMarks(): boolean {
    return this.#markers.length > 0;
  }

  /** True for a number that is NaN or marked as missing, regardless of the valid range. */
  isMarked(stored: number): boolean {
    if (Number.isNaN(stored)) return true;
    return this.#isMarker(this.signed(stored));
  }

  /** A number of the column with the sign that the attributes give it. */
  signed(stored: number): number {
    return this.#bits === undefined ? stored : withSign(stored, this.#bits, this.isSigned);
  }

  /** The unpacked value of a number in the column; NaN for a missing value. */
  valueOf(stored: number): number {
    const number = this.signed(stored);
    if (!(number >= this.#least && number <= this.#greatest)) return Number.NaN;
    if (this.#isMarker(number)) return Number.NaN;
    const unpacked = number * this.scale + this.offset;
    const range = this.#unpackedRange;
    return range === undefined || (unpacked >= range[0] && unpacked <= range[1]) ? unpacked : Number.NaN;
  }

  /** All that decides the meaning, to compare it with another one as text. */
  toJSON(): object {
    const { scale, offset, isSigned } = this;
    const ranges = [this.#least, this.#greatest, ...(this.#unpackedRange ?? [])].map(String);
    return { bits: this.#bits, scale, offset, isSigned, markers: this.#markers, ranges };
  }

  #isMarker(number: number): boolean {
    for (const { value, tolerance } of this.#markers) {
      if (number === value || Math.abs(number - value) <= tolerance) return true;
    }
    return false;
  }

  #markersOf(type: NumberType, value: number): Marker[] {
    if (this.#bits !== undefined) {
      const fits = Number.isInteger(value) && value >= -(2 ** (this.#bits - 1)) && value < 2 ** this.#bits;
      return fits ? [{ value: withSign(value, this.#bits, this.isSigned), tolerance: 0 }] : [];
    }
    if (Number.isNaN(value)) return [];
    const narrow = { value: Math.fround(value), tolerance: 0 };
    const wide = { value, tolerance: lostByPrinting(value) };
    // A Float64 column may hold numbers that have been Float32 before.
    return type === 'Float32' && wide.tolerance === 0 ? [narrow] : [narrow, wide];
  }

  #rangeOf(type: NumberType, { least, greatest }: Bounds): Range {
    if (this.#bits === undefined) {
      const [low, high] = [Math.fround(least), Math.fround(greatest)];
      return type === 'Float32' ? [low, high] : [Math.min(least, low), Math.max(greatest, high)];
    }
    // A negative upper bound of unsigned numbers was written as if they were signed.
    if (this.isSigned || greatest >= 0) return [least, greatest];
    const unsigned = (bound: number): number => (bound < 0 ? bound + 2 ** this.#bits! : bound);
    return [unsigned(least), unsigned(greatest)];
  }
}

/** The meaning of the numbers of a column; undefined for a column that is not numeric. */
export function meaningOf(type: string, attributes: AttributeTable | undefined): NumberMeaning | undefined {
  return isNumberType(type) ? new NumberMeaning(type, attributes) : undefined;
}

/** The meaning of the numbers of each column of a Sequence, in order; undefined for a column that is not numeric. */
export function columnMeanings(
  { name, fields }: Sequence,
  attributes: AttributeTable,
): readonly (NumberMeaning | undefined)[] {
  return fields.map(field => meaningOf(field.type, columnAttributes(attributes, name, field.name)));
}

/** The missing values of a column of text. */
export function missingTexts(attributes: AttributeTable | undefined): string[] {
  return MARKS.flatMap(name => {
    const found = attributes?.get(name);
    return found === undefined || found instanceof Map ? [] : found.values.map(String);
  });
}

interface Bounds {
  readonly least: number;
  readonly greatest: number;
  /** The type of both bounds; undefined for different types and without bounds. */
  readonly type: string | undefined;
}

/** `valid_range`, or else `valid_min` and `valid_max`. */
function boundsIn(attributes: AttributeTable | undefined): Bounds {
  const range = listedNumbers(attributes, 'valid_range');
  const isRange = range.length === 2 && range.every(({ value }) => !Number.isNaN(value));
  const [low] = isRange ? range : listedNumbers(attributes, 'valid_min');
  const high = isRange ? range[1] : listedNumbers(attributes, 'valid_max')[0];
  const types = new Set([low, high].flatMap(bound => (bound === undefined ? [] : [bound.type])));
  const least = numberOr(low, Number.NEGATIVE_INFINITY);
  const greatest = numberOr(high, Number.POSITIVE_INFINITY);
  return { least, greatest, type: types.size === 1 ? [...types][0] : undefined };
}

function numberOr(bound: ListedNumber | undefined, otherwise: number): number {
  return bound === undefined || Number.isNaN(bound.value) ? otherwise : bound.value;
}

/**
 * True if whole numbers are signed: by `_Unsigned`, or else by the type. NetCDF's bytes are signed and DAP2's are not; a lower bound
 * below 0 marks a Byte as a signed one.
 */
function isSigned(type: NumberType, attributes: AttributeTable | undefined, { least }: Bounds): boolean {
  const unsigned = attributeText(attributes, '_Unsigned')?.trim().toLowerCase();
  if (unsigned === 'true' || unsigned === '1') return false;
  if (unsigned === 'false' || unsigned === '0') return true;
  if (type === 'Byte') return Number.isFinite(least) && least < 0;
  return type === 'Int16' || type === 'Int32';
}

/** The range, or `EVERYTHING` for a range with the greater bound first: a wrong range does not hide the column. */
function usable(range: Range): Range {
  const [least, greatest] = range;
  const isBounded = least > Number.NEGATIVE_INFINITY || greatest < Number.POSITIVE_INFINITY;
  return isBounded && least <= greatest ? range : EVERYTHING;
}

/** The number with the same bits, signed or unsigned. */
function withSign(value: number, bits: 8 | 16 | 32, isSigned: boolean): number {
  const size = 2 ** bits;
  const unsigned = value < 0 ? value + size : value;
  return isSigned && unsigned >= size / 2 ? unsigned - size : unsigned;
}

/** Half of the last printed digit, if printing may have cut `value`; else 0. */
function lostByPrinting(value: number): number {
  const [mantissa = '', exponent = ''] = Math.abs(value).toExponential().split('e');
  const digits = mantissa.replace('.', '').length;
  return digits < FEWEST_DIGITS || !Number.isFinite(value) ? 0 : 0.5 * 10 ** (Number(exponent) - digits + 1);
}

function finite(found: ListedNumber | undefined): number | undefined {
  return Number.isFinite(found?.value) ? found?.value : undefined;
}

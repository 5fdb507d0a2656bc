// Declares the limits beyond which a response counts as hostile, and counts one value against them.

import { DecodeError } from './error.ts';

export interface DecodeLimits {
  /** Bytes before the data: the DDS and the line `Data:`. */
  readonly headerBytes: number;
  /** Variables and dimensions that the DDS declares in all. */
  readonly variables: number;
  /** Levels of braces in the DDS. */
  readonly nesting: number;
  /** Characters of a name in the DDS. */
  readonly nameLength: number;
  /** Bytes of one string. */
  readonly stringBytes: number;
  /** Elements of one array. */
  readonly arrayElements: number;
  /** Rows of nested Sequences in one value or in one row of a top-level Sequence. */
  readonly nestedRows: number;
  /** Bytes of one value, or of one row of a top-level Sequence: the decoder holds them until the value is complete. */
  readonly valueBytes: number;
}

export const DEFAULT_LIMITS: DecodeLimits = {
  headerBytes: 2 ** 20,
  variables: 2 ** 16,
  nesting: 100,
  nameLength: 4096,
  stringBytes: 2 ** 24,
  arrayElements: 2 ** 25,
  nestedRows: 2 ** 20,
  valueBytes: 2 ** 28,
};

/** Counts the bytes and nested rows of the current value, or of the current row of a top-level Sequence. */
export class Budget {
  readonly limits: DecodeLimits;
  #start = 0;
  #nestedRows = 0;

  constructor(limits: Partial<DecodeLimits>) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** The offset at which the current value or row began, in bytes from the beginning of the response. */
  get start(): number {
    return this.#start;
  }

  /** Begins the next value or row at `offset` in the response. */
  begin(offset: number): void {
    this.#start = offset;
    this.#nestedRows = 0;
  }

  /** Counts a row of a nested Sequence that ended at `offset`. Throws a `DecodeError` beyond the limit. */
  countNestedRow(offset: number): void {
    this.#nestedRows += 1;
    const limit = this.limits.nestedRows;
    if (this.#nestedRows > limit) {
      throw new DecodeError(offset, `at most ${limit} nested rows in one value`, 'more');
    }
  }

  /** Records that the value or row reaches to `offset` at least. Throws a `DecodeError` beyond the limit. */
  reach(offset: number): void {
    const limit = this.limits.valueBytes;
    if (offset - this.#start > limit) {
      throw new DecodeError(this.#start, `at most ${limit} bytes in one value`, 'more');
    }
  }
}

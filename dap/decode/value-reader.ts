// Declares a reader of one value, whose bytes come in pieces of any size.

import type { Value } from '../model/value.ts';
import type { Input } from './input.ts';

/** Reads values of one variable, one after another, and continues an incomplete value with the next piece. */
export interface ValueReader {
  /** The value once it is complete; undefined while bytes are missing. */
  read(input: Input): Value | undefined;
}

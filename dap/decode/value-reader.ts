// Declares a reader of one value, whose bytes come in pieces of any size.

import type { Value } from '../model/value.ts';
import type { Input } from './input.ts';

/** Reads values of one variable, one after the other, and keeps its place in a value between pieces. */
export interface ValueReader {
  /** Reads on: the value once it is whole, undefined while bytes are missing. */
  read(input: Input): Value | undefined;
}

// Finds an Error object in the middle of the data, which a server sends if it fails after the response has begun.

import { type DapError, parseError } from '../model/error.ts';
import { DapSyntaxError } from '../model/text-scanner.ts';
import { decodeText } from './text.ts';

/** The least number of bytes at the end of the response that are kept and searched for an Error object. */
const KEPT = 2 ** 14;

/** The beginning of an Error object, or a part of the beginning at the end of the bytes. */
const BEGINNING = /Error\s*\{|E(?:r(?:r(?:o(?:r\s*)?)?)?)?$/g;

const END = /\}\s*;?\s*$/;

/** Characters that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the search is for control characters.
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/** An Error object among the bytes. */
export interface TrailingError {
  /** The offset of its beginning, in bytes from the beginning of the response. */
  readonly offset: number;
  /** Undefined while its end has not come. */
  readonly error: DapError | undefined;
}

/** Keeps the newest bytes of a response. */
export class Tail {
  readonly #bytes = new Uint8Array(2 * KEPT);
  #length = 0;
  #end = 0;

  /** The offset of the end of the bytes in the response. */
  get end(): number {
    return this.#end;
  }

  add(piece: Uint8Array): void {
    this.#end += piece.length;
    const added = piece.length > KEPT ? piece.subarray(piece.length - KEPT) : piece;
    if (this.#length + added.length > this.#bytes.length) {
      const kept = Math.min(this.#length, KEPT);
      this.#bytes.copyWithin(0, this.#length - kept, this.#length);
      this.#length = kept;
    }
    this.#bytes.set(added, this.#length);
    this.#length += added.length;
  }

  /** The Error object, or its beginning, that ends the bytes and begins at the offset `from` or later. */
  find(from: number): TrailingError | undefined {
    const start = this.#end - this.#length;
    const bytes = this.#bytes.subarray(Math.max(0, from - start), this.#length);
    // One character for each byte, so that offsets in the text are offsets in the bytes.
    const text = new TextDecoder('latin1').decode(bytes);
    for (const { index } of text.matchAll(BEGINNING)) {
      if (BINARY.test(text.slice(index))) continue;
      const error = errorIn(decodeText(bytes.subarray(index)));
      return { offset: this.#end - bytes.length + index, error };
    }
    return undefined;
  }
}

/** The Error object that `text` consists of; undefined if it has no end or `text` is anything else. */
export function errorIn(text: string): DapError | undefined {
  if (!END.test(text)) return undefined;
  try {
    return parseError(text);
  } catch (error) {
    if (error instanceof DapSyntaxError) return undefined;
    throw error;
  }
}

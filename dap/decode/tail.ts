// Finds the Error object that a server sends in the middle of the data, because something failed after it had begun.

import { type DapError, parseError } from '../model/error.ts';
import { DapSyntaxError } from '../model/text-scanner.ts';
import { decodeText } from './text.ts';

/** Bytes at the end of the response that are kept at least: an Error object is looked for among them. */
const KEPT = 2 ** 14;

/** The beginning of an Error object, or a part of it at the end of the bytes that have come. */
const BEGINNING = /Error\s*\{|E(?:r(?:r(?:o(?:r\s*)?)?)?)?$/g;

const END = /\}\s*;?\s*$/;

/** Characters that are in no text. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are looked for.
const BINARY = /[\0-\x08\x0e-\x1a\x1c-\x1f]/;

/** An Error object among the bytes. */
export interface TrailingError {
  /** Where it begins: bytes from the beginning of the response. */
  readonly offset: number;
  /** Undefined while its end has not come. */
  readonly error: DapError | undefined;
}

/** The bytes that came last. */
export class Tail {
  readonly #bytes = new Uint8Array(2 * KEPT);
  #length = 0;
  #end = 0;

  /** Offset in the response of the end of the bytes. */
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

  /** The Error object, or the beginning of one, that is all there is from an offset of `from` or more on. */
  find(from: number): TrailingError | undefined {
    const start = this.#end - this.#length;
    const bytes = this.#bytes.subarray(Math.max(0, from - start), this.#length);
    // One character a byte, so that places in the text are places in the bytes.
    const text = new TextDecoder('latin1').decode(bytes);
    for (const { index } of text.matchAll(BEGINNING)) {
      if (BINARY.test(text.slice(index))) continue;
      const error = errorIn(decodeText(bytes.subarray(index)));
      return { offset: this.#end - bytes.length + index, error };
    }
    return undefined;
  }
}

/** The Error object that `text` is, where it is one to its end. */
export function errorIn(text: string): DapError | undefined {
  if (!END.test(text)) return undefined;
  try {
    return parseError(text);
  } catch (error) {
    if (error instanceof DapSyntaxError) return undefined;
    throw error;
  }
}

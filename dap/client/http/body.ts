// Passes on the body of a response, and recognises a body that was cut off or is a web page.

import { isWebPage, PAGE_BEGINNING } from './web-page.ts';

/** The first word of every DDS and so of every data response, in upper or lower case. */
const BEGINNING = 'dataset';

export class Body implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  readonly #contentType: string | null;
  #beginning = '';
  #hasEnded = false;

  constructor(chunks: AsyncIterable<Uint8Array>, contentType: string | null) {
    this.#chunks = chunks;
    this.#contentType = contentType;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of this.#chunks) {
      const missing = PAGE_BEGINNING - this.#beginning.length;
      if (missing > 0) {
        this.#beginning += String.fromCharCode(...bytes.subarray(0, missing));
        this.#beginning = this.#beginning.replace(/^(?:\s|\u{ef}\u{bb}\u{bf})+/u, '');
      }
      yield bytes;
    }
    this.#hasEnded = true;
  }

  /**
   * True if the bytes have ended and can be the beginning of a DDS or of a data response. Some servers mark the end of a body only
   * by closing the connection, so that a complete body and a broken one look the same.
   */
  get canBeCutOff(): boolean {
    const beginning = this.#beginning.slice(0, BEGINNING.length).toLowerCase();
    return this.#hasEnded && BEGINNING.startsWith(beginning);
  }

  /** True if the body is a web page. */
  get isWebPage(): boolean {
    return isWebPage(this.#beginning, this.#contentType);
  }
}

// The body of a response; tells one that was cut off on its way, or a web page, from anything else.

import { isWebPage, PAGE_BEGINNING } from './web-page.ts';

/** How every DDS begins, and so every data response; in any case. */
const BEGINNING = 'dataset';

/** The bytes of a response's body, passed on as they come. */
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
   * True where the bytes have come to an end and can be the beginning of a DDS or of a data response: the end of a
   * connection is the only end that some servers give to a body, so that a broken one looks the same.
   */
  get canBeCutOff(): boolean {
    const beginning = this.#beginning.slice(0, BEGINNING.length).toLowerCase();
    return this.#hasEnded && BEGINNING.startsWith(beginning);
  }

  /** True where it is a web page. */
  get isWebPage(): boolean {
    return isWebPage(this.#beginning, this.#contentType);
  }
}

// Whether a response that cannot be read was cut off on its way, or is something else than what was asked for.

/** How every DDS begins, and so every data response; in any case. */
const BEGINNING = 'dataset';

/** The bytes of a response's body, passed on as they come. */
export class Body implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterable<Uint8Array>;
  #beginning = '';
  #hasEnded = false;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array, void, undefined> {
    for await (const bytes of this.#chunks) {
      if (this.#beginning.length < BEGINNING.length) {
        this.#beginning += String.fromCharCode(...bytes.subarray(0, 64));
        this.#beginning = this.#beginning.trimStart().slice(0, BEGINNING.length).toLowerCase();
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
    return this.#hasEnded && BEGINNING.startsWith(this.#beginning);
  }
}

// Where do XDR bytes go while they are made?

const encoder = new TextEncoder();

/** Memory that grows as XDR is written to it. Everything in XDR takes a multiple of four bytes. */
export class XdrWriter {
  #bytes: Uint8Array<ArrayBuffer>;
  #view: DataView;
  #length = 0;

  /** `capacity`: bytes to begin with. */
  constructor(capacity: number) {
    this.#bytes = new Uint8Array(capacity);
    this.#view = new DataView(this.#bytes.buffer);
  }

  /** The memory, for writing into what `reserve` gave; good until the next call of `reserve`. */
  get view(): DataView {
    return this.#view;
  }

  /** Takes the next `size` bytes, which are zero; their place in `view`. */
  reserve(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = new DataView(grown.buffer);
    }
    return at;
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.#view.setUint32(at, value);
  }

  /** Bytes as they are, padded with zeros to four. */
  packed(bytes: Uint8Array): void {
    const at = this.reserve(Math.ceil(bytes.length / 4) * 4);
    this.#bytes.set(bytes, at);
  }

  /** An XDR string: its length in bytes, the text as UTF-8 and the padding. */
  text(text: string): void {
    const bytes = encoder.encode(text);
    this.uint32(bytes.length);
    this.packed(bytes);
  }

  /** What has been written. */
  finish(): Uint8Array<ArrayBuffer> {
    return this.#length === this.#bytes.length ? this.#bytes : this.#bytes.slice(0, this.#length);
  }
}

// Holds the XDR bytes of a value or of rows while they are written.

const encoder = new TextEncoder();

/** Memory that grows while XDR is written to it. Every item of XDR takes a multiple of four bytes. */
export class XdrWriter {
  readonly #given: Uint8Array | undefined;
  #bytes: Uint8Array;
  #view: DataView;
  #length = 0;

  /** `memory`: the first memory, or its size in bytes; the caller's memory is used as long as the XDR fits into it. */
  constructor(memory: Uint8Array | number) {
    this.#given = typeof memory === 'number' ? undefined : memory;
    this.#bytes = typeof memory === 'number' ? new Uint8Array(memory) : memory;
    this.#view = viewOf(this.#bytes);
  }

  /** The memory, to write at offsets that `reserve` returned; valid until the next call of `reserve`. */
  get view(): DataView {
    return this.#view;
  }

  /** Reserves the next `size` bytes, all of which the caller writes; returns their offset in `view`. */
  reserve(size: number): number {
    const at = this.#length;
    this.#length += size;
    if (this.#length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(this.#length, 2 * this.#bytes.length));
      grown.set(this.#bytes);
      this.#bytes = grown;
      this.#view = viewOf(grown);
    }
    return at;
  }

  uint32(value: number): void {
    const at = this.reserve(4);
    this.#view.setUint32(at, value);
  }

  /** Writes bytes unchanged, padded with zeros to a multiple of four. */
  packed(bytes: Uint8Array): void {
    const at = this.reserve(Math.ceil(bytes.length / 4) * 4);
    this.#bytes.set(bytes, at);
    this.#bytes.fill(0, at + bytes.length, this.#length);
  }

  /** Writes an XDR string: its length in bytes, the text as UTF-8, and the padding. */
  text(text: string): void {
    const bytes = encoder.encode(text);
    this.uint32(bytes.length);
    this.packed(bytes);
  }

  /** The written bytes. */
  finish(): Uint8Array {
    if (this.#length === this.#bytes.length) return this.#bytes;
    // Unused memory that was allocated here is not kept.
    return this.#bytes === this.#given
      ? this.#bytes.subarray(0, this.#length)
      : this.#bytes.slice(0, this.#length);
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

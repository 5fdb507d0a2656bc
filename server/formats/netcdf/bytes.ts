// Collects the big-endian words, names and padded texts of a netCDF header.

import { NC_BYTES, type NcNumberType } from './file.ts';

const utf8 = new TextEncoder();

/** A count, a size, an offset, a number of a value's type, or bytes, in the order of the file. */
export class HeaderBytes {
  #bytes = new Uint8Array(1024);
  #view = new DataView(this.#bytes.buffer);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  uint32(value: number): void {
    const at = this.#reserve(4);
    this.#view.setUint32(at, value);
  }

  /** A whole number of 8 bytes. */
  uint64(value: number): void {
    const at = this.#reserve(8);
    this.#view.setBigUint64(at, BigInt(value));
  }

  number(type: NcNumberType, value: number): void {
    const at = this.#reserve(NC_BYTES[type]);
    const view = this.#view;
    switch (type) {
      case 'byte':
        view.setInt8(at, value);
        break;
      case 'short':
        view.setInt16(at, value);
        break;
      case 'int':
        view.setInt32(at, value);
        break;
      case 'float':
        view.setFloat32(at, value);
        break;
      case 'double':
        view.setFloat64(at, value);
    }
  }

  /** The number of the text's bytes, and the bytes, padded. */
  text(text: string): void {
    const bytes = utf8.encode(text);
    this.uint32(bytes.length);
    this.raw(bytes);
    this.pad();
  }

  raw(bytes: Uint8Array): void {
    const at = this.#reserve(bytes.length);
    this.#bytes.set(bytes, at);
  }

  /** Zeros up to the next multiple of 4. */
  pad(): void {
    this.#reserve(-this.#length & 3);
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  /** The offset of new bytes, which are zeros. It may replace `#bytes` and `#view`. */
  #reserve(bytes: number): number {
    const at = this.#length;
    this.#length += bytes;
    if (this.#length > this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
      this.#view = new DataView(larger.buffer);
    }
    return at;
  }
}

// Holds the bytes that have come and are not read yet.

import { DecodeError, describeBytes } from './error.ts';

const NOTHING = new Uint8Array(0);

/** Larger memory for leftovers is released once they are small again: one large value does not keep it for ever. */
const KEPT_CAPACITY = 2 ** 18;

/**
 * Passes bytes from the caller to the readers. A piece is read without a copy; its unread rest is copied at the end of a push
 * (`keep`), so that the caller can reuse the memory. Each byte is moved a bounded number of times, even if the pieces are small.
 */
export class Input {
  #bytes: Uint8Array = NOTHING;
  #view: DataView = new DataView(NOTHING.buffer);
  #at = 0;
  #end = 0;
  /** The offset of `#bytes[0]` in the response. */
  #origin = 0;
  #own: Uint8Array = NOTHING;

  /** The memory of the unread bytes, to read at offsets that `take` returned; valid until the next `push`. */
  get view(): DataView {
    return this.#view;
  }

  /** The offset of the next unread byte in the response. */
  get position(): number {
    return this.#origin + this.#at;
  }

  /** The number of unread bytes. */
  get available(): number {
    return this.#end - this.#at;
  }

  /** The unread bytes, which stay unread. */
  peek(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }

  /** Reads the next `size` bytes and returns their offset in `view`; reads nothing and returns -1 if fewer have come. */
  take(size: number): number {
    const at = this.#at;
    if (this.#end - at < size) return -1;
    this.#at = at + size;
    return at;
  }

  /** The `size` bytes at an offset that `take` returned; valid until the next `push`. */
  bytesAt(at: number, size: number): Uint8Array {
    return this.#bytes.subarray(at, at + size);
  }

  push(piece: Uint8Array): void {
    if (this.available === 0) {
      this.#origin += this.#at;
      this.#use(piece, 0, piece.length);
      return;
    }
    this.#makeRoom(piece.length);
    this.#bytes.set(piece, this.#end);
    this.#end += piece.length;
  }

  /** Copies the unread rest of the last piece. */
  keep(): void {
    if (this.#bytes === this.#own) return;
    const left = this.available;
    const fits = left <= this.#own.length && this.#own.length <= KEPT_CAPACITY;
    if (!fits) this.#own = new Uint8Array(Math.max(64, left));
    this.#own.set(this.peek());
    this.#origin += this.#at;
    this.#use(this.#own, 0, left);
  }

  /** Drops all bytes and their memory. */
  drop(): void {
    this.#origin += this.#at;
    this.#own = NOTHING;
    this.#use(NOTHING, 0, 0);
  }

  /** The error for unexpected bytes at an offset that `take` just returned. */
  unexpected(expected: string, at: number, found?: string): DecodeError {
    return new DecodeError(this.#origin + at, expected, found ?? describeBytes(this.bytesAt(at, 4)));
  }

  /** Makes room for `size` bytes after the unread bytes, which lie in `#own`. */
  #makeRoom(size: number): void {
    if (this.#end + size <= this.#own.length) return;
    const left = this.available;
    const needed = left + size;
    const fits = 2 * needed <= this.#own.length && this.#own.length <= Math.max(KEPT_CAPACITY, 8 * needed);
    const grown = fits ? this.#own : new Uint8Array(2 * needed);
    grown.set(this.peek());
    this.#own = grown;
    this.#origin += this.#at;
    this.#use(grown, 0, left);
  }

  #use(bytes: Uint8Array, at: number, end: number): void {
    if (this.#bytes !== bytes) this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#bytes = bytes;
    this.#at = at;
    this.#end = end;
  }
}

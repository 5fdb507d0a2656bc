// Which bytes have come and are not read yet?

import { DecodeError, describeBytes } from './error.ts';

const NOTHING = new Uint8Array(0);

/** Memory for leftovers above this size is let go when they are small again: one large value is no reason to hold it. */
const KEPT_CAPACITY = 2 ** 18;

/**
 * The bytes between the one who pushes and the readers. A piece is read where it lies; what is left of it at the end of a
 * push is copied (`keep`), so that the caller can use the memory again. Each byte is moved a bounded number of times,
 * however small the pieces.
 */
export class Input {
  #bytes: Uint8Array = NOTHING;
  #view: DataView = new DataView(NOTHING.buffer);
  #at = 0;
  #end = 0;
  /** Offset in the response of `#bytes[0]`. */
  #origin = 0;
  #own: Uint8Array = NOTHING;

  /** The memory that holds the unread bytes, for reading at what `take` gave; good until the next `push`. */
  get view(): DataView {
    return this.#view;
  }

  /** Offset in the response of the next unread byte. */
  get position(): number {
    return this.#origin + this.#at;
  }

  /** The number of unread bytes. */
  get available(): number {
    return this.#end - this.#at;
  }

  /** The unread bytes, still unread. */
  peek(): Uint8Array {
    return this.#bytes.subarray(this.#at, this.#end);
  }

  /** Reads the next `size` bytes: their place in `view`, or -1, and nothing is read, while not all of them are there. */
  take(size: number): number {
    const at = this.#at;
    if (this.#end - at < size) return -1;
    this.#at = at + size;
    return at;
  }

  /** The `size` bytes at a place that `take` gave; good until the next `push`. */
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

  /** Copies what is left of the piece that was pushed last. */
  keep(): void {
    if (this.#bytes === this.#own) return;
    const left = this.available;
    const fits = left <= this.#own.length && this.#own.length <= KEPT_CAPACITY;
    if (!fits) this.#own = new Uint8Array(Math.max(64, left));
    this.#own.set(this.peek());
    this.#origin += this.#at;
    this.#use(this.#own, 0, left);
  }

  /** Forgets all bytes and their memory. */
  drop(): void {
    this.#origin += this.#at;
    this.#own = NOTHING;
    this.#use(NOTHING, 0, 0);
  }

  /** The error for bytes, just read at the place that `take` gave, which should have been something else. */
  unexpected(expected: string, at: number, found?: string): DecodeError {
    return new DecodeError(this.#origin + at, expected, found ?? describeBytes(this.bytesAt(at, 4)));
  }

  /** Makes room for `size` bytes after the unread ones, which lie in memory of its own. */
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

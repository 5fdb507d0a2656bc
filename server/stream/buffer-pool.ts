// Lends buffers in which rows are encoded for sockets, and reuses them: a new buffer would cost more time than the rows in it.

/** A stream waits while its socket holds this many unsent bytes or more; a few bytes, as of live rows, may wait before a buffer. */
export const HIGH_WATER = 4096;

/**
 * Bytes of a buffer. With the bytes that may wait before it, at most 64 KiB wait in a socket above the kernel's own buffer. It is
 * well under 64 KiB so that over loopback, and with a network card that cuts segments itself, it leaves as one segment: one
 * segment and a crumb behind it cost twice as much.
 */
export const BUFFER_BYTES = 61_000;

/** Free buffers that the pool keeps. */
const MOST_FREE = 16;

/** Lends buffers of `BUFFER_BYTES` bytes, with arbitrary content, and takes each back when its socket has sent it. */
export class BufferPool {
  readonly #free: Uint8Array[] = [];

  take(): Uint8Array {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** The caller must not touch the buffer again. A buffer that is never given back is left to the garbage collector. */
  giveBack(buffer: Uint8Array): void {
    if (this.#free.length < MOST_FREE) this.#free.push(buffer);
  }
}

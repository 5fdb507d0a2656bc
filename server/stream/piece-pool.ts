// Where are large pieces for sockets put together? In memory that is used again: new memory would cost more than the rows in it.

/** A stream waits while so many bytes wait in its socket, or more; a little, as live rows, may wait before a piece. */
export const HIGH_WATER = 4096;

/**
 * Bytes of a piece: with what may wait before it, 64 KiB wait in a socket above the kernel's buffer at the most. So much less than 64 KiB, so that over loopback, and
 * with a network card that cuts segments itself, it leaves as one segment and not as one and a crumb, which costs twice as much.
 */
export const PIECE = 61_000;

/** Pieces that are kept for later when nobody needs them. */
const MOST_KEPT = 16;

/** Hands out memory of `PIECE` bytes with anything in it, and takes it back when its socket is done with it. */
export class PiecePool {
  readonly #free: Uint8Array[] = [];

  take(): Uint8Array {
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(PIECE);
  }

  /** Whoever gives a piece back must not touch it again. One that is not given back is lost to the pool and no more. */
  giveBack(piece: Uint8Array): void {
    if (this.#free.length < MOST_KEPT) this.#free.push(piece);
  }
}

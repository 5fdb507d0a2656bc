// Distinguishes a client that reads nothing from one that reads slowly.

import type { Socket } from 'node:net';
import type { UnsentBytes } from './unsent.ts';

/**
 * A client that reads slowly looks stuck until the kernel's buffer, some megabytes, has become a third emptier. So the bytes in
 * the kernel are compared half way and at the end of the time limit.
 */
export class StuckClient {
  /** The client's bytes in the kernel at the first look. */
  #unsent: number | undefined;

  /**
   * @param stuckMs how long no waiting byte has gone to the kernel
   * @param mostMs the time limit for that
   * @param kernel the bytes that the kernel holds, read once for all clients
   */
  verdict(
    socket: Socket,
    stuckMs: number,
    mostMs: number,
    kernel: () => UnsentBytes,
  ): 'waiting' | 'reading' | 'stuck' {
    if (stuckMs < mostMs / 2) {
      this.#unsent = undefined;
      return 'waiting';
    }
    if (this.#unsent !== undefined && stuckMs < mostMs) return 'waiting';
    const left = kernel().of(socket);
    if (this.#unsent === undefined) {
      this.#unsent = left ?? 0;
      return 'waiting';
    }
    if (left === undefined || left >= this.#unsent) return 'stuck';
    this.#unsent = undefined;
    return 'reading';
  }
}

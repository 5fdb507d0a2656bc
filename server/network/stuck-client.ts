// Tells a client that takes nothing from one that reads slowly.

import type { Socket } from 'node:net';
import type { UnsentBytes } from './unsent.ts';

/**
 * A client that reads slowly but steadily looks stuck for as long as the kernel's buffer, some megabytes, has not become a third
 * emptier; so what the kernel holds of it is looked at half way and at the end.
 */
export class StuckClient {
  /** What the kernel held of it when it was looked at first. */
  #unsent: number | undefined;

  /**
   * @param stuckMs how long nothing of what waits in the process has gone to the kernel
   * @param mostMs how long that may last
   * @param kernel what the kernel holds, read once for all who ask
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

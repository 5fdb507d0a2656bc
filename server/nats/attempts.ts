// Decides how long a reader of a stream waits for an answer of JetStream, and how long before its next attempt.

import { GrowingPause } from '../publish/patience.ts';
import type { FleetFault } from './fleet-fault.ts';

/** Milliseconds between attempts: a client that asks for the rows waits with the reader. */
export const PAUSES = { first: 200, longest: 2000 };

/**
 * Milliseconds for an answer. No server answers a request that was on its way to a server that died, so it is repeated soon; after each
 * timeout the next request gets more time, since the servers may be overloaded.
 */
const ANSWER = { first: 2000, step: 500, longest: 5000 };

export class Attempts {
  readonly #pause = new GrowingPause(PAUSES);
  #unanswered = 0;

  /** Milliseconds that the next requests may take. */
  get timeout(): number {
    return Math.min(ANSWER.first + this.#unanswered * ANSWER.step, ANSWER.longest);
  }

  succeeded(): void {
    this.#pause.reset();
    this.#unanswered = 0;
  }

  /** The pause does not grow after a timeout, which was a pause already. */
  failed({ kind }: FleetFault): void {
    if (kind !== 'unreachable') return;
    this.#pause.reset();
    this.#unanswered += 1;
  }

  /** Waits before the next attempt, until `signal` aborts at the latest. Does not reject. */
  wait(signal: AbortSignal): Promise<void> {
    return this.#pause.wait(signal);
  }
}

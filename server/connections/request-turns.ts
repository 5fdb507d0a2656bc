// Schedules clients' requests in turns and limits them per turn of the event loop, so that rows are made on time.

import { ComingConnections } from '../network/coming-connections.ts';

/** How long requests may be answered in one turn of the event loop. */
const LONGEST_RUN_MS = 2;

/** How many responses may begin in one turn of the event loop. Promises of one settle before the next begins. */
const MOST_AT_ONCE = 16;

export class RequestTurns {
  /** The waiting responses of each client; the client whose turn is next comes first. */
  readonly #waiting = new Map<unknown, (() => void)[]>();
  /** How many may still begin in this turn of the event loop. */
  #left = 0;
  /** When the requests of this turn must end, by `performance.now()`; undefined before the first. */
  #end: number | undefined;
  readonly #coming = new ComingConnections();

  /** Calls `answer` in the turn of `client`, a value of any kind; never before this returns. */
  add(client: unknown, answer: () => void): void {
    const others = this.#waiting.get(client);
    if (others === undefined) this.#waiting.set(client, [answer]);
    else others.push(answer);
    if (this.#left === 0) this.#begin();
  }

  /** A connection has come. Responses wait a little, so that those behind it come soon. */
  connected(): void {
    this.#coming.came();
  }

  /** Uses an immediate for each, so that the promises of one response settle before the next, and count as its time. */
  #begin(): void {
    this.#left = MOST_AT_ONCE;
    this.#end = undefined;
    for (let count = 0; count < MOST_AT_ONCE; count += 1) setImmediate(this.#step);
  }

  readonly #step = (): void => {
    this.#left -= 1;
    const now = performance.now();
    this.#end ??= now + (this.#coming.areAwaited() ? 0 : LONGEST_RUN_MS);
    const answer = now < this.#end ? this.#next() : undefined;
    if (this.#left === 0 && this.#waiting.size > 0) this.#begin();
    answer?.();
  };

  #next(): (() => void) | undefined {
    for (const [client, answers] of this.#waiting) {
      this.#waiting.delete(client);
      const first = answers.shift();
      if (answers.length > 0) this.#waiting.set(client, answers);
      return first;
    }
    return undefined;
  }
}

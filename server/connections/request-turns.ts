// Gives each client's requests their turn, and the event loop its own: however many requests come at once, rows are made on time.

/** How long requests may be answered before the event loop turns, in milliseconds. */
const LONGEST_RUN = 5;

/** How many answers may begin in one turn of the event loop. What one has begun goes on before the next one. */
const MOST_AT_ONCE = 16;

export class RequestTurns {
  /** What waits, for each client in its order; the client whose turn it is comes first. */
  readonly #waiting = new Map<unknown, (() => void)[]>();
  /** How many may still begin in this turn of the event loop. */
  #left = 0;
  /** When the requests of this turn must be over, by `performance.now()`; undefined before the first. */
  #end: number | undefined;

  /** Calls `answer` in the turn of `client`, a value of any kind; never before this returns. */
  add(client: unknown, answer: () => void): void {
    const others = this.#waiting.get(client);
    if (others === undefined) this.#waiting.set(client, [answer]);
    else others.push(answer);
    if (this.#left === 0) this.#begin();
  }

  /** One immediate each: promises of one answer are settled before the next begins, and count as its time. */
  #begin(): void {
    this.#left = MOST_AT_ONCE;
    this.#end = undefined;
    for (let count = 0; count < MOST_AT_ONCE; count += 1) setImmediate(this.#step);
  }

  readonly #step = (): void => {
    this.#left -= 1;
    const now = performance.now();
    this.#end ??= now + LONGEST_RUN;
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

// Runs the verifications of passwords one at a time, in turns of the clients, and slows down clients that have guessed wrong.

/** Wrong passwords of one client after which it has to wait, for how long, and when they are forgotten. */
const FREE_FAILURES = 5;
const SLOW_MS = 1000;
const FORGET_MS = 600_000;

/** Verifications that may wait, of one client and of all. */
const MOST_OF_CLIENT = 8;
const MOST = 128;

/** Clients whose failures are remembered; the oldest are forgotten first. */
const MOST_CLIENTS = 1000;

interface Failures {
  count: number;
  last: number;
}

export class SlowTurns {
  /** By client; the client whose turn is next comes first. */
  readonly #waiting = new Map<string, (() => void)[]>();
  readonly #failures = new Map<string, Failures>();
  #count = 0;
  #isRunning = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /**
   * Resolves with the result of `verify` in the client's turn, which counts false as a wrong guess; undefined if too many wait.
   * Rejects as `verify` does.
   */
  take(client: string, verify: () => Promise<boolean>): Promise<boolean | undefined> {
    const others = this.#waiting.get(client) ?? [];
    if (others.length >= MOST_OF_CLIENT || this.#count >= MOST) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => {
      others.push(() => {
        this.#isRunning = true;
        verify()
          .then(right => {
            if (!right) this.#failed(client);
            resolve(right);
          }, reject)
          .finally(() => {
            this.#isRunning = false;
            this.#next();
          });
      });
      this.#waiting.set(client, others);
      this.#count += 1;
      this.#next();
    });
  }

  #next(): void {
    clearTimeout(this.#timer);
    if (this.#isRunning) return;
    const now = performance.now();
    let soonest = Number.POSITIVE_INFINITY;
    for (const [client, turns] of this.#waiting) {
      const due = this.#dueOf(client);
      if (due > now) {
        soonest = Math.min(soonest, due);
        continue;
      }
      // Behind all others.
      this.#waiting.delete(client);
      const run = turns.shift()!;
      this.#count -= 1;
      if (turns.length > 0) this.#waiting.set(client, turns);
      run();
      return;
    }
    if (soonest < Number.POSITIVE_INFINITY)
      this.#timer = setTimeout(() => this.#next(), soonest - now).unref();
  }

  /** When the client may guess again, by `performance.now()`. */
  #dueOf(client: string): number {
    const failures = this.#failures.get(client);
    if (failures === undefined || failures.count < FREE_FAILURES) return 0;
    return failures.last + SLOW_MS;
  }

  #failed(client: string): void {
    const now = performance.now();
    const known = this.#failures.get(client);
    const count = known !== undefined && now - known.last < FORGET_MS ? known.count : 0;
    this.#failures.delete(client);
    this.#failures.set(client, { count: count + 1, last: now });
    if (this.#failures.size > MOST_CLIENTS) this.#failures.delete(this.#failures.keys().next().value!);
  }
}

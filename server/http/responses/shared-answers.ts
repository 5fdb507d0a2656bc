// Makes an answer once for all clients that ask within two seconds.

/** Milliseconds for which an answer is given again. */
const FRESH = 2000;

/** Answers that are kept: clients in many time zones ask for many days. */
const MOST = 64;

interface Shared {
  readonly made: number;
  readonly body: Promise<string>;
}

export class SharedAnswers {
  readonly #known = new Map<string, Shared>();

  /** The answer of this key, made anew if the last one is older. Rejects if it cannot be made. */
  of(key: string, make: () => Promise<string>): Promise<string> {
    const now = performance.now();
    const known = this.#known.get(key);
    if (known !== undefined && now - known.made < FRESH) return known.body;
    for (const [other, { made }] of this.#known) {
      if (now - made >= FRESH || this.#known.size >= MOST) this.#known.delete(other);
    }
    const body = make();
    this.#known.set(key, { made: now, body });
    body.catch(() => this.#known.delete(key));
    return body;
  }
}

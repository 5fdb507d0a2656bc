// How does a trouble that comes in crowds not fill the log? Some of it is told at once, the rest in a sum, once a while.

export interface RateLimit {
  /** So many of one kind are told at once. */
  readonly most: number;
  /** Milliseconds; those beyond are told of in one line when they are over. */
  readonly window: number;
  /** Each window in which some were held back is followed by one twice as long, up to this; `window` where it is left out. */
  readonly longest?: number;
}

interface Window {
  told: number;
  held: number;
  amount: number;
  say: Say;
}

/** `held`: how many are told of in this line together; 0 for one that is told of by itself. */
type Say = (amount: number, held: number) => void;

export class RateLimiter {
  readonly #options: RateLimit;
  readonly #windows = new Map<string, Window>();

  constructor(options: RateLimit) {
    this.#options = options;
  }

  /** Calls `say` now, or with the sum of amounts that came in the meantime. What has one `key` shares a ration. */
  report(key: string, amount: number, say: Say): void {
    const window = this.#windows.get(key);
    if (window === undefined) {
      const length = this.#options.window;
      this.#windows.set(key, { told: 1, held: 0, amount: 0, say });
      this.#end(key, length);
      say(amount, 0);
    } else if (window.told < this.#options.most) {
      window.told += 1;
      say(amount, 0);
    } else {
      window.held += 1;
      window.amount += amount;
      window.say = say;
    }
  }

  /**
   * When the window is over, what was held is told. Each window without any lets one more be told at once in the next: what comes now and
   * then for ever is not told each time either.
   */
  #end(key: string, length: number): void {
    setTimeout(() => {
      const { told, held, amount, say } = this.#windows.get(key)!;
      const { most, window, longest = window } = this.#options;
      if (held === 0) {
        this.#windows.delete(key);
        if (told <= 1) return;
        this.#windows.set(key, { told: told - 1, held, amount, say });
        this.#end(key, window);
        return;
      }
      const next = Math.min(2 * length, longest);
      this.#windows.set(key, { told: most, held: 0, amount: 0, say });
      this.#end(key, next);
      say(amount, held);
    }, length).unref();
  }
}

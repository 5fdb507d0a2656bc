// Limits the log lines of one kind: the first ones are logged at once, the others as a sum after a time window.

export interface RateLimit {
  /** How many events of one kind are logged at once. */
  readonly most: number;
  /** The window's length in milliseconds; further events are summed up in one line at its end. */
  readonly window: number;
  /** A window with a sum is followed by one twice as long, up to this length; by default `window`. */
  readonly longest?: number;
}

interface Window {
  logged: number;
  held: number;
  amount: number;
  say: Say;
}

/** `held` is the number of events in the sum; 0 for a single event. */
type Say = (amount: number, held: number) => void;

export class RateLimiter {
  readonly #options: RateLimit;
  readonly #windows = new Map<string, Window>();

  constructor(options: RateLimit) {
    this.#options = options;
  }

  /** Calls `say` now, or later with the sum of the amounts. Events with the same `key` share a limit. */
  report(key: string, amount: number, say: Say): void {
    const window = this.#windows.get(key);
    if (window === undefined) {
      const length = this.#options.window;
      this.#windows.set(key, { logged: 1, held: 0, amount: 0, say });
      this.#end(key, length);
      say(amount, 0);
    } else if (window.logged < this.#options.most) {
      window.logged += 1;
      say(amount, 0);
    } else {
      window.held += 1;
      window.amount += amount;
      window.say = say;
    }
  }

  /**
   * At the end of a window, logs the sum. Each window without a sum allows one more event at once in the next window, so that
   * recurring events do not fill the log either.
   */
  #end(key: string, length: number): void {
    setTimeout(() => {
      const { logged, held, amount, say } = this.#windows.get(key)!;
      const { most, window, longest = window } = this.#options;
      if (held === 0) {
        this.#windows.delete(key);
        if (logged <= 1) return;
        this.#windows.set(key, { logged: logged - 1, held, amount, say });
        this.#end(key, window);
        return;
      }
      const next = Math.min(2 * length, longest);
      this.#windows.set(key, { logged: most, held: 0, amount: 0, say });
      this.#end(key, next);
      say(amount, held);
    }, length).unref();
  }
}

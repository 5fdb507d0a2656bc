// How does a trouble that comes in crowds not fill the log? Some of it is told at once, the rest in a sum, once a while.

export interface RationOptions {
  /** So many of one kind are told at once. */
  readonly most: number;
  /** Milliseconds; those beyond are told of in one line when they are over. */
  readonly window: number;
}

interface Window {
  told: number;
  held: number;
  amount: number;
  say: Say;
}

/** `held`: how many are told of in this line together; 0 for one that is told of by itself. */
type Say = (amount: number, held: number) => void;

export class Ration {
  private readonly options: RationOptions;
  private readonly windows = new Map<string, Window>();

  constructor(options: RationOptions) {
    this.options = options;
  }

  /** Calls `say` now, or with the sum of amounts that came in the meantime. What has one `key` shares a ration. */
  spend(key: string, amount: number, say: Say): void {
    const window = this.windows.get(key);
    if (window === undefined) {
      this.windows.set(key, { told: 1, held: 0, amount: 0, say });
      this.end(key);
      say(amount, 0);
    } else if (window.told < this.options.most) {
      window.told += 1;
      say(amount, 0);
    } else {
      window.held += 1;
      window.amount += amount;
      window.say = say;
    }
  }

  /** When the window is over, what was held is told; and only after a window without any are some told at once again. */
  private end(key: string): void {
    setTimeout(() => {
      const { held, amount, say } = this.windows.get(key)!;
      if (held === 0) {
        this.windows.delete(key);
        return;
      }
      this.windows.set(key, { told: this.options.most, held: 0, amount: 0, say });
      this.end(key);
      say(amount, held);
    }, this.options.window).unref();
  }
}

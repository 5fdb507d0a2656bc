// Asks a server while the page is visible: one question at a time, each for a limited time, and at once when it is seen again.

export interface AskingOptions<Answer> {
  /** Asks once. The signal aborts when no answer is waited for any more. Must not reject. */
  readonly ask: (signal: AbortSignal) => Promise<Answer>;
  /** Receives the answer, unless another question has replaced this one or the page was hidden. It asks again with `askIn`. */
  readonly answered: (answer: Answer) => void;
  /** Milliseconds that one answer is waited for. */
  readonly patience: number;
  /** The page was hidden: nothing is asked until it is seen again. */
  readonly hidden?: () => void;
}

export class VisibleAsking<Answer> {
  readonly #options: AskingOptions<Answer>;
  readonly #life = new AbortController();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #request: AbortController | undefined;

  /** Asks for the first time once its caller has finished. */
  constructor(options: AskingOptions<Answer>) {
    this.#options = options;
    const { signal } = this.#life;
    document.addEventListener('visibilitychange', () => this.#see(), { signal });
    addEventListener('online', () => this.#see(), { signal });
    addEventListener('pageshow', ({ persisted }) => persisted && this.#see(), { signal });
    this.askIn(0);
  }

  /** Asks after some milliseconds, in place of the time that was set before. */
  askIn(millis: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#ask(), millis);
  }

  close(): void {
    this.#life.abort();
    this.#rest();
  }

  #see(): void {
    if (document.visibilityState !== 'hidden') {
      this.askIn(0);
      return;
    }
    this.#rest();
    this.#options.hidden?.();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#request?.abort();
    this.#request = undefined;
  }

  async #ask(): Promise<void> {
    this.#request?.abort();
    if (document.visibilityState === 'hidden') return;
    const request = new AbortController();
    this.#request = request;
    const patience = setTimeout(() => request.abort(), this.#options.patience);
    const answer = await this.#options.ask(request.signal);
    clearTimeout(patience);
    if (request === this.#request) this.#options.answered(answer);
  }
}

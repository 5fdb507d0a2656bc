// Stops the stream while the page is hidden, and continues it when the page is visible again.

/** Milliseconds that a hidden page goes on reading: a short look at another tab costs no new request. */
const HIDDEN_GRACE = 10_000;

export interface RestListener {
  /** The stream is to be closed. */
  rest(): void;
  /** The stream is to be opened again. */
  resume(): void;
  /** The page is visible, or the network is back: an attempt to connect may succeed now. */
  wake(): void;
}

export class HiddenRest {
  readonly #listener: RestListener;
  #isResting = isHidden();
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** Listens until `signal` is aborted. */
  constructor(listener: RestListener, signal: AbortSignal) {
    this.#listener = listener;
    document.addEventListener('visibilitychange', () => this.#visibilityChanged(), { signal });
    addEventListener('pageshow', () => this.#visibilityChanged(), { signal });
    addEventListener('pagehide', () => this.#rest(), { signal });
    addEventListener('online', () => this.#wake(), { signal });
    signal.addEventListener('abort', () => clearTimeout(this.#timer));
  }

  /** True while no stream is to be open. */
  get isResting(): boolean {
    return this.#isResting;
  }

  #visibilityChanged(): void {
    clearTimeout(this.#timer);
    if (isHidden()) this.#timer = setTimeout(() => this.#rest(), HIDDEN_GRACE);
    else this.#wake();
  }

  #rest(): void {
    clearTimeout(this.#timer);
    this.#isResting = true;
    this.#listener.rest();
  }

  #wake(): void {
    this.#listener.wake();
    if (!this.#isResting || isHidden()) return;
    this.#isResting = false;
    this.#listener.resume();
  }
}

function isHidden(): boolean {
  return document.visibilityState === 'hidden';
}

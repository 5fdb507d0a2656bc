// A connection to a server: asks for responses and reads them, limits silence, and closes at once when it is told to.

import { failureIn } from './failure.ts';
import { timerDelay, WAKE } from './reconnect.ts';

/** What a request is made with: the platform's `fetch`, or a stand-in of the same form. */
export type Fetch = (
  address: string,
  init: { signal: AbortSignal; headers: Record<string, string>; cache: 'no-store' },
) => Promise<Response>;

/** A connection that could not be made, broke or fell silent, or a server that asks for patience: worth another attempt. */
export class Interruption extends Error {
  override readonly name: string = 'Interruption';
  /** Seconds that the server asked to wait for, where it did. */
  readonly retryAfter: number | undefined;

  /** Another attempt will fail in the same way, unless the server is set up anew. */
  readonly isLasting: boolean;

  constructor(
    message: string,
    options: { cause?: unknown; retryAfter?: number | undefined; isLasting?: boolean } = {},
  ) {
    super(message, 'cause' in options ? { cause: options.cause } : undefined);
    this.retryAfter = options.retryAfter;
    this.isLasting = options.isLasting ?? false;
  }
}

/** An `Interruption` because no byte came for too long. */
export class Silence extends Interruption {
  override readonly name = 'Silence';
}

export interface ConnectionOptions {
  readonly fetch: Fetch;
  /** Closes the connection and ends every wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds without a byte after which the connection is taken for dead; 0 = never. */
  readonly silence: number;
  /** Its `wake` event has the silence measured at once, since timers stand still while a machine sleeps. */
  readonly wake?: EventTarget | undefined;
}

/** Requests and their responses, one after another. Its maker has to call `close`, also after an error. */
export class ClientConnection {
  readonly #options: ConnectionOptions;
  readonly #controller = new AbortController();
  /** Ends the wait that is under way, if one is. */
  #fail: ((reason: unknown) => void) | undefined;
  #waitingSince = 0;
  /** The limits that were not lifted. */
  readonly #limits = new Set<ReturnType<typeof setTimeout>>();

  constructor(options: ConnectionOptions) {
    this.#options = options;
    options.signal?.addEventListener('abort', this.#aborted);
    options.wake?.addEventListener(WAKE, this.#woken);
    if (options.signal?.aborted === true) this.#aborted();
  }

  /** The response, whatever its status, once its head has come. Throws an `Interruption` where none comes. */
  async open(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    // Not called as a method: the browser's own insists on that.
    const { fetch } = this.#options;
    const { signal } = this.#controller;
    return this.#unlessSilent(() => fetch(address, { signal, headers: { ...headers }, cache: 'no-store' }));
  }

  /** The bytes of the response's body as they come; the next are read when they are asked for, not before. */
  async *bytes(response: Response): AsyncGenerator<Uint8Array, void, undefined> {
    const reader = response.body?.getReader();
    if (reader === undefined) return;
    try {
      for (;;) {
        const { done, value } = await this.#unlessSilent(() => reader.read());
        if (done) return;
        yield value;
      }
    } finally {
      // A body that broke already rejects this with what is known by then.
      reader.cancel().catch(() => {});
    }
  }

  /** Throws the reason why the connection was closed, if it was: there may be bytes yet that were read before. */
  throwIfClosed(): void {
    this.#controller.signal.throwIfAborted();
  }

  /** Breaks the connection after `seconds` with `reason`, unless the function that it returns is called before. */
  limit(seconds: number, reason: Interruption): () => void {
    const timer = setTimeout(() => this.#break(reason), timerDelay(seconds));
    this.#limits.add(timer);
    // One connection can have millions of them.
    return () => {
      clearTimeout(timer);
      this.#limits.delete(timer);
    };
  }

  /** Closes the socket, unless the response has come to its end, and lets go of signal and timers. */
  close(): void {
    for (const limit of this.#limits) clearTimeout(limit);
    this.#options.signal?.removeEventListener('abort', this.#aborted);
    this.#options.wake?.removeEventListener(WAKE, this.#woken);
    this.#break(new Interruption('closed'));
  }

  /** The result of `work`, unless the signal or the silence comes first; its failure becomes an `Interruption`. */
  async #unlessSilent<T>(work: () => Promise<T>): Promise<T> {
    const { signal, silence } = this.#options;
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.throwIfClosed();
        this.#fail = reject;
        this.#waitingSince = Date.now();
        if (silence > 0) timer = setTimeout(this.#silent, timerDelay(silence));
        work().then(resolve, reject);
      });
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Interruption) throw error;
      const { text, isLasting } = failureIn(error);
      throw new Interruption(text, { cause: error, isLasting });
    } finally {
      clearTimeout(timer);
      this.#fail = undefined;
    }
  }

  /** Rejects the wait ourselves too: a stand-in for `fetch` may not heed its signal. */
  #break(reason: unknown): void {
    this.#controller.abort(reason);
    this.#fail?.(reason);
  }

  readonly #aborted = (): void => this.#break(this.#options.signal?.reason);

  readonly #silent = (): void => this.#break(new Silence(`no byte for ${this.#options.silence} s`));

  readonly #woken = (): void => {
    const { silence } = this.#options;
    const waited = (Date.now() - this.#waitingSince) / 1000;
    if (this.#fail !== undefined && silence > 0 && waited > silence) this.#silent();
  };
}

// Requests responses from a server and reads them, with a limit on silence, until it is closed.

import { onAbort } from '../../decode/on-abort.ts';
import { failureIn } from './failure.ts';
import { timerDelay, WAKE } from './reconnect.ts';

/** The platform's `fetch`, or a stand-in of the same form. */
export type Fetch = (
  address: string,
  init: { signal: AbortSignal; headers: Record<string, string>; cache: 'no-store' },
) => Promise<Response>;

/** A failure that another attempt may mend: no connection, a broken or silent one, or a server that is busy. */
export class Interruption extends Error {
  override readonly name: string = 'Interruption';
  /** The server's `Retry-After` in seconds, if it sent one. */
  readonly retryAfter: number | undefined;
  /** Another attempt fails in the same way, until an operator changes the server. */
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

/** No byte came for too long. */
export class Silence extends Interruption {
  override readonly name = 'Silence';
}

export interface ConnectionOptions {
  readonly fetch: Fetch;
  /** Closes the connection and ends every wait with its reason. */
  readonly signal?: AbortSignal | undefined;
  /** Seconds without a byte after which the connection counts as dead; 0 = never. */
  readonly silence: number;
  /** Its `wake` event has the silence measured at once, since timers stop while a machine sleeps. */
  readonly wake?: EventTarget | undefined;
}

/** Makes requests, one after another. The code that creates a connection has to close it, also after an error. */
export class ClientConnection {
  readonly #options: ConnectionOptions;
  readonly #controller = new AbortController();
  /** Ends the current wait, if there is one. */
  #fail: ((reason: unknown) => void) | undefined;
  #waitingSince = 0;
  /** The timers of the limits that are not lifted. */
  readonly #limits = new Set<ReturnType<typeof setTimeout>>();
  readonly #forgetSignal: () => void;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    options.wake?.addEventListener(WAKE, this.#woken);
    this.#forgetSignal = onAbort(options.signal, reason => this.#break(reason));
  }

  /** The response of any status, once its head has come. Throws an `Interruption` if none comes. */
  async open(address: string, headers: Readonly<Record<string, string>>): Promise<Response> {
    // A browser's `fetch` throws if it is called as a method.
    const { fetch } = this.#options;
    const { signal } = this.#controller;
    return this.#unlessSilent(() => fetch(address, { signal, headers: { ...headers }, cache: 'no-store' }));
  }

  /** The bytes of the response's body as they come; the next bytes are read on the next pull, not before. */
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
      // A body that broke already rejects this with an error that has been thrown.
      reader.cancel().catch(() => {});
    }
  }

  /** Throws the reason for which the connection was closed, if it was: bytes read earlier may still be in use. */
  throwIfClosed(): void {
    this.#controller.signal.throwIfAborted();
  }

  /** Breaks the connection after `seconds` with `reason`; the function that it returns lifts the limit. */
  limit(seconds: number, reason: Interruption): () => void {
    const timer = setTimeout(() => this.#break(reason), timerDelay(seconds));
    this.#limits.add(timer);
    // A connection can have millions of limits one after another.
    return () => {
      clearTimeout(timer);
      this.#limits.delete(timer);
    };
  }

  /** Closes the socket, unless the response has ended, and removes listeners and timers. */
  close(): void {
    for (const limit of this.#limits) clearTimeout(limit);
    this.#forgetSignal();
    this.#options.wake?.removeEventListener(WAKE, this.#woken);
    this.#break(new Interruption('closed'));
  }

  /** The result of `work`, unless the signal or the silence ends the wait first; a failure becomes an `Interruption`. */
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

  /** Rejects the wait as well as the request: a stand-in for `fetch` may ignore its signal. */
  #break(reason: unknown): void {
    this.#controller.abort(reason);
    this.#fail?.(reason);
  }

  readonly #silent = (): void => this.#break(new Silence(`no byte for ${this.#options.silence} s`));

  readonly #woken = (): void => {
    const { silence } = this.#options;
    const waited = (Date.now() - this.#waitingSince) / 1000;
    if (this.#fail !== undefined && silence > 0 && waited > silence) this.#silent();
  };
}

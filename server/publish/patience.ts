// Waits in feeds: for a signal to abort, and in pauses that grow while a receiver is away.

/** The first and the longest pause in milliseconds. */
export interface Pauses {
  readonly first: number;
  readonly longest: number;
}

export const PAUSES: Pauses = { first: 1000, longest: 60_000 };

/** Pauses that double, each shortened by up to a fifth, so that many servers do not come back at once. */
export class GrowingPause {
  readonly #pauses: Pauses;
  #next: number;

  constructor(pauses: Pauses) {
    this.#pauses = pauses;
    this.#next = pauses.first;
  }

  reset(): void {
    this.#next = this.#pauses.first;
  }

  /** Waits, until `signal` aborts and for `longest` milliseconds at the latest. Does not reject. */
  async wait(signal: AbortSignal, longest = this.#pauses.longest): Promise<void> {
    const pause = Math.min(this.#next, longest) * (1 - Math.random() / 5);
    this.#next = Math.min(2 * this.#next, this.#pauses.longest);
    await sleep(pause, signal);
  }
}

/** Resolves after a time in milliseconds, or when `signal` aborts. Holds up no end of the process. */
export function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return untilCalled(signal, done => {
    const timer = setTimeout(done, ms).unref();
    return () => clearTimeout(timer);
  });
}

/**
 * Resolves when `begin` calls back, or when `signal` aborts.
 * @param begin begins the wait; returns how to give it up
 */
export function untilCalled(
  signal: AbortSignal,
  begin: (done: () => void) => (() => void) | undefined,
): Promise<void> {
  return new Promise(resolve => {
    if (signal.aborted) return resolve();
    let giveUp: (() => void) | undefined;
    const done = () => {
      signal.removeEventListener('abort', done);
      giveUp?.();
      resolve();
    };
    signal.addEventListener('abort', done);
    giveUp = begin(done);
  });
}

/** The outcome of `work`; rejects with the reason of `signal` if that aborts before. */
export async function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let outcome: { readonly value: T } | { readonly error: unknown } | undefined;
  const settled = work.then(
    value => ({ value }),
    (error: unknown) => ({ error }),
  );
  await untilCalled(signal, done => {
    void settled.then(found => {
      outcome = found;
      done();
    });
    return undefined;
  });
  if (outcome === undefined) throw signal.reason;
  if ('error' in outcome) throw outcome.error;
  return outcome.value;
}

// What one generator of rows holds, and that all of it is let go when the generator ends, however that comes about.

import type { SensorReader } from './sensor-reader.ts';

/**
 * The sensors of one generator and the signal that stops it. When whoever takes the rows aborts, the sensors are
 * closed at once, even if that generator is never asked for another row and so never comes to its own end.
 */
export class Run {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onEnd: (closing: Promise<unknown>) => void;
  #readers: readonly SensorReader[] = [];

  /** @param onEnd is called with what resolves when the sensors are closed */
  constructor(outer: AbortSignal, onEnd: (closing: Promise<unknown>) => void) {
    this.#outer = outer;
    this.#onEnd = onEnd;
    outer.addEventListener('abort', this.#abort, { once: true });
  }

  /** Aborts when the generator has to stop. */
  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /**
   * Takes the readers into its care.
   * @returns whether there are rows to make; where the run has ended, the readers are closed
   */
  hold(readers: readonly SensorReader[]): boolean {
    this.#readers = readers;
    if (this.signal.aborted) void this.end();
    return !this.signal.aborted;
  }

  /** Stops the generator and closes its sensors. May be called again. Does not reject. */
  async end(): Promise<void> {
    this.#outer.removeEventListener('abort', this.#abort);
    this.#stop.abort();
    const closing = Promise.all(this.#readers.map(reader => reader.close()));
    this.#onEnd(closing);
    await closing;
  }

  readonly #abort = () => {
    void this.end();
  };
}

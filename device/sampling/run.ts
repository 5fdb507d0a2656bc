// Closes the sensors of one generator of rows when the generator ends or its caller aborts.

import type { SensorReader } from './sensor-reader.ts';

/**
 * The sensors of one generator and the signal that stops it. When the generator's caller aborts, the sensors are closed at
 * once, even if the caller takes no further row, so that the generator never ends by itself.
 */
export class Run {
  readonly #stop = new AbortController();
  readonly #outer: AbortSignal;
  readonly #onEnd: (closing: Promise<unknown>) => void;
  #readers: readonly SensorReader[] = [];

  /** @param onEnd gets a promise that resolves when the sensors are closed */
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
   * Takes over the readers, and closes them at once if the run has ended.
   * @returns whether the run still goes on
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

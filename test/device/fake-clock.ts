// A clock for tests whose time jumps to the next sleeper as soon as the event loop has nothing else to do.

import type { Clock } from '../../device/host/clock.ts';

interface Sleeper {
  readonly time: number;
  readonly wake: () => void;
}

export class FakeClock implements Clock {
  #monotonic = 5_000;
  #ahead: number;
  #turning = false;
  readonly #sleepers = new Set<Sleeper>();

  /** @param wall the system clock at first, in seconds since 1970 */
  constructor(wall = 1_800_000_000.25) {
    this.#ahead = wall - this.#monotonic;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  wall(): number {
    return Math.floor((this.#monotonic + this.#ahead) * 1000) / 1000;
  }

  /** How many sleepers wait. */
  get sleepers(): number {
    return this.#sleepers.size;
  }

  /** Sets the system clock forward, or back for negative seconds. */
  set(seconds: number): void {
    this.#ahead += seconds;
  }

  /** Lets time pass without waking a sleeper. */
  pass(seconds: number): void {
    this.#monotonic += seconds;
  }

  sleepUntil(time: number, signal?: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { time, wake };
      if (signal?.aborted || time <= this.#monotonic) return resolve();
      signal?.addEventListener('abort', wake);
      this.#sleepers.add(sleeper);
      this.#turn();
    });
  }

  #turn(): void {
    if (this.#turning) return;
    this.#turning = true;
    // Two turns of the event loop, so that everything that does not wait for this clock is done.
    setImmediate(() =>
      setImmediate(() => {
        this.#turning = false;
        const [next] = [...this.#sleepers].sort((a, b) => a.time - b.time);
        if (next === undefined || next.time === Number.POSITIVE_INFINITY) return;
        this.#monotonic = Math.max(this.#monotonic, next.time);
        next.wake();
        if (this.#sleepers.size > 0) this.#turn();
      }),
    );
  }
}

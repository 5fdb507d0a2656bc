// Keeps the recent samples of a counter, so that its rate is taken over a tenth of a second or more.

/** The shortest time in seconds that a rate is taken over: ten ticks of the kernel's CPU accounting (USER_HZ, 100 a second). */
const SPAN = 0.1;

/** Seconds. Samples closer together are not kept, which bounds their number. */
const SPACING = SPAN / 10;

export interface CounterSample<Counters> {
  /** Monotonic seconds. */
  readonly time: number;
  readonly counters: Counters;
}

/**
 * The samples of the last tenth of a second and the one before them. With one reading a second, rates are those from reading to reading;
 * with a thousand, those of the last tenth of a second.
 */
export class CounterWindow<Counters> {
  #samples: CounterSample<Counters>[] = [];

  /** Monotonic seconds from which the kept samples are enough for a rate; in the past if they are enough already. */
  get readyAt(): number {
    return (this.#samples[0]?.time ?? Number.NEGATIVE_INFINITY) + SPAN;
  }

  get newest(): CounterSample<Counters> | undefined {
    return this.#samples.at(-1);
  }

  /** The newest sample that is old enough at `time`, if any. */
  before(time: number): CounterSample<Counters> | undefined {
    const old = (sample: CounterSample<Counters> | undefined) =>
      sample !== undefined && time - sample.time >= SPAN;
    while (old(this.#samples[1])) this.#samples.shift();
    return old(this.#samples[0]) ? this.#samples[0] : undefined;
  }

  add(sample: CounterSample<Counters>): void {
    if (this.newest === undefined || sample.time - this.newest.time >= SPACING) this.#samples.push(sample);
  }

  /** Forgets all samples, for counters that have started again. */
  clear(): void {
    this.#samples = [];
  }
}

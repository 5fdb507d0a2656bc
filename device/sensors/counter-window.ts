// What a counter's rate is taken against: an earlier sample, old enough that the rate means something.

/** A rate is taken over this many seconds at least: ten ticks of the kernel's CPU accounting (USER_HZ, 100 a second). */
const SPAN = 0.1;

/** Samples closer together than this are not kept, which bounds their number whatever the rate of reading. */
const SPACING = SPAN / 10;

export interface Sample<Counters> {
  /** Monotonic seconds. */
  readonly time: number;
  readonly counters: Counters;
}

/**
 * The samples of the last tenth of a second and the one before them. Someone who reads once a second gets rates
 * from read to read, someone who reads a thousand times a second gets them over the last tenth.
 */
export class CounterWindow<Counters> {
  #samples: Sample<Counters>[] = [];

  /** From when on the samples that are there are enough for a rate; now or earlier where they are already. */
  get readyAt(): number {
    return (this.#samples[0]?.time ?? Number.NEGATIVE_INFINITY) + SPAN;
  }

  get newest(): Sample<Counters> | undefined {
    return this.#samples.at(-1);
  }

  /** The newest sample that is old enough at `time`; undefined where none is. */
  before(time: number): Sample<Counters> | undefined {
    const old = (sample: Sample<Counters> | undefined) => sample !== undefined && time - sample.time >= SPAN;
    while (old(this.#samples[1])) this.#samples.shift();
    return old(this.#samples[0]) ? this.#samples[0] : undefined;
  }

  add(sample: Sample<Counters>): void {
    if (this.newest === undefined || sample.time - this.newest.time >= SPACING) this.#samples.push(sample);
  }

  /** Forgets all samples: the counters have begun anew. */
  clear(): void {
    this.#samples = [];
  }
}

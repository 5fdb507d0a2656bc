// Looks whether the clock is synchronised, and says so: often where that costs nothing, else after steps and rarely.

import type { Machine } from './machine.ts';
import { isKernelSynchronized, isMarkedSynchronized, type Synchronized } from './synchronized.ts';

export interface ClockState {
  readonly synchronized: Synchronized;
  /** Since when that is known, in seconds since 1970 as the system clock has it. */
  readonly since: number;
}

const MINUTE = 60_000;

/** How often the mark of systemd-timesyncd is looked for, in milliseconds. */
const LOOK = 10_000;

/** How long after the first question the kernel is asked again, which doubles up to the longest; and once it is synchronised. */
const FIRST_ASK = MINUTE;
const LONGEST_ASK = 15 * MINUTE;
const SYNCHRONIZED_ASK = 6 * 60 * MINUTE;

export class ClockWatch {
  readonly #machine: Pick<Machine, 'files' | 'run'>;
  readonly #onChange: (synchronized: 'yes' | 'no') => void;
  #current: ClockState = { synchronized: 'unknown', since: Date.now() / 1000 };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #told: Synchronized | undefined;
  #wasMarked = false;
  #wait = FIRST_ASK;
  /** When the kernel is asked next, by `performance.now()`. */
  #askAt = Number.NEGATIVE_INFINITY;

  /** `onChange` is called when the clock is known to be synchronised, or not to be: at first, and after each change. */
  constructor(machine: Pick<Machine, 'files' | 'run'>, onChange: (synchronized: 'yes' | 'no') => void) {
    this.#machine = machine;
    this.#onChange = onChange;
  }

  get state(): ClockState {
    return this.#current;
  }

  /** Resolves when it is known for the first time. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#look(), LOOK);
    this.#timer.unref();
    await this.#look();
  }

  /** The clock was set, maybe by one who knows the time: asks at once. */
  stepped(): void {
    this.#askAt = Number.NEGATIVE_INFINITY;
    this.#wait = FIRST_ASK;
    void this.#look();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): Promise<void> {
    this.#looking ??= this.#ask().finally(() => {
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(): Promise<void> {
    let isMarked: boolean;
    try {
      isMarked = await isMarkedSynchronized(this.#machine);
    } catch {
      // A machine that is short of descriptors tells nothing; it is looked at again soon.
      return this.#take('unknown');
    }
    const isMarkGone = this.#wasMarked && !isMarked;
    this.#wasMarked = isMarked;
    if (isMarked) return this.#take('yes');
    const now = performance.now();
    if (now < this.#askAt && !isMarkGone) return;
    const said = await isKernelSynchronized(this.#machine);
    this.#askAt = now + (said === 'yes' ? SYNCHRONIZED_ASK : this.#wait);
    this.#wait = said === 'yes' ? FIRST_ASK : Math.min(2 * this.#wait, LONGEST_ASK);
    this.#take(said);
  }

  #take(synchronized: Synchronized): void {
    if (synchronized === this.#current.synchronized) return;
    this.#current = { synchronized, since: Date.now() / 1000 };
    // What was not known for a while is no news.
    if (synchronized === this.#told || synchronized === 'unknown') return;
    this.#told = synchronized;
    this.#onChange(synchronized);
  }
}

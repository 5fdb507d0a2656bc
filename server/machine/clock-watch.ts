// Watches whether the clock is synchronised: often if that is cheap, else rarely and after steps.

import type { Machine } from './machine.ts';
import { isKernelSynchronized, isMarkedSynchronized, type Synchronized } from './synchronized.ts';

export interface ClockState {
  readonly synchronized: Synchronized;
  /** When this became known, in seconds since 1970 by the system clock. */
  readonly since: number;
}

const MINUTE = 60_000;

/** How often to look for the mark of systemd-timesyncd, in milliseconds. */
const LOOK = 10_000;

/** Waits before the kernel is asked again: the first, the longest that it doubles to, and the wait of a synchronised clock. */
const FIRST_ASK = MINUTE;
const LONGEST_ASK = 15 * MINUTE;
const SYNCHRONIZED_ASK = 6 * 60 * MINUTE;

export class ClockWatch {
  readonly #machine: Pick<Machine, 'files' | 'run'>;
  readonly #onChange: (synchronized: 'yes' | 'no') => void;
  #current: ClockState = { synchronized: 'unknown', since: Date.now() / 1000 };
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;
  #reported: Synchronized | undefined;
  #hasLooked = false;
  #wasMarked = false;
  #wait = FIRST_ASK;
  /** When the kernel is asked next, by `performance.now()`. */
  #askAt = Number.NEGATIVE_INFINITY;

  /** `onChange` is called when the state is known for the first time, and after each change. */
  constructor(machine: Pick<Machine, 'files' | 'run'>, onChange: (synchronized: 'yes' | 'no') => void) {
    this.#machine = machine;
    this.#onChange = onChange;
  }

  get state(): ClockState {
    return this.#current;
  }

  /** Whether the first look has ended. */
  get hasLooked(): boolean {
    return this.#hasLooked;
  }

  /** Resolves after the first look. */
  async start(): Promise<void> {
    this.#timer = setInterval(() => void this.#look(), LOOK);
    this.#timer.unref();
    await this.#look();
  }

  /** Looks at once, because the clock was set, perhaps by a time service. */
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
      this.#hasLooked = true;
      this.#looking = undefined;
    });
    return this.#looking;
  }

  async #ask(): Promise<void> {
    let isMarked: boolean;
    try {
      isMarked = await isMarkedSynchronized(this.#machine);
    } catch {
      // A machine short of descriptors cannot be read; the next look comes soon.
      return this.#update('unknown');
    }
    const isMarkGone = this.#wasMarked && !isMarked;
    this.#wasMarked = isMarked;
    if (isMarked) return this.#update('yes');
    const now = performance.now();
    if (now < this.#askAt && !isMarkGone) return;
    const state = await isKernelSynchronized(this.#machine);
    this.#askAt = now + (state === 'yes' ? SYNCHRONIZED_ASK : this.#wait);
    this.#wait = state === 'yes' ? FIRST_ASK : Math.min(2 * this.#wait, LONGEST_ASK);
    this.#update(state);
  }

  #update(synchronized: Synchronized): void {
    if (synchronized === this.#current.synchronized) return;
    this.#current = { synchronized, since: Date.now() / 1000 };
    // A gap in which the state was unknown is not a change.
    if (synchronized === this.#reported || synchronized === 'unknown') return;
    this.#reported = synchronized;
    this.#onChange(synchronized);
  }
}

// Tells a history what to think of the times of its rows while the system clock is not synchronised, and after it was set.

import type { Synchronized } from '../machine/synchronized.ts';

/** The system clock was set: by `seconds`, before the row at `time`; row time is `ahead` seconds ahead of the clock since. */
export interface HistoryClockStep {
  readonly time: number;
  readonly seconds: number;
  readonly ahead: number;
}

/** Seconds that rows wait for a clock that is not synchronised; then they are stored with the times that they have. */
const LONGEST_HOLD = 1800;

/** Rows this many seconds in the future are of a clock that was wrong. */
const FUTURE = 60;

const DAY_MS = 86_400_000;

const STEPS_KEPT = 16;

export class HistoryClock {
  readonly #state: () => Synchronized;
  /** Steps forward of a clock that was not synchronised: rows from before them are corrected. */
  #corrections: readonly HistoryClockStep[] = [];
  /** Steps back, after which row time was ahead of the clock. */
  #ahead: readonly HistoryClockStep[] = [];
  #deletedAt = Number.NEGATIVE_INFINITY;
  /** When rows began to wait, by `performance.now()`. */
  #heldSince: number | undefined;

  constructor(state: () => Synchronized = () => 'unknown') {
    this.#state = state;
  }

  stepped(step: HistoryClockStep): void {
    if (step.seconds < 0) this.#ahead = [...this.#ahead, step].slice(-STEPS_KEPT);
    else if (this.#state() === 'no') this.#corrections = [...this.#corrections, step].slice(-STEPS_KEPT);
  }

  /** Whether rows are to wait, because a time service is expected to set the clock. */
  isHeld(): boolean {
    if (this.#state() !== 'no') {
      this.#heldSince = undefined;
      return false;
    }
    this.#heldSince ??= performance.now();
    return performance.now() - this.#heldSince < LONGEST_HOLD * 1000;
  }

  /** The time at which a row was made, as the clock says it since it was set; in whole microseconds. */
  correct(time: number): number {
    if (this.#corrections.length === 0) return time;
    const steps = this.#corrections.filter(step => time < step.time);
    if (steps.length === 0) return time;
    return Math.round(steps.reduce((sum, { seconds }) => sum + seconds, time) * 1e6) / 1e6;
  }

  /** What a file with rows of these times says about the clock: a sentence for each fault. */
  marks(firstTime: number, lastTime: number): readonly string[] {
    const marks = this.#ahead
      // At half speed, row time takes as long as it is ahead to be caught up with.
      .filter(({ time, ahead }) => firstTime <= time + ahead && lastTime >= time)
      .map(
        ({ time, ahead }) =>
          `from ${instant(time)} to ${instant(time + ahead)} row time was ahead of the system clock, by ${ahead} s at first`,
      );
    return this.#state() === 'no' ? [...marks, 'the system clock was not synchronised'] : marks;
  }

  /** Files that may be deleted for their age now: rows of a clock that is wrong must not delete the past. */
  get mostDeletions(): number {
    if (this.#state() === 'yes') return Number.POSITIVE_INFINITY;
    return performance.now() - this.#deletedAt > DAY_MS ? 1 : 0;
  }

  /** A file was deleted for its age. */
  deleted(): void {
    this.#deletedAt = performance.now();
  }

  /** The present time if the clock is synchronised and rows at `time` can only be of a clock that was wrong; else undefined. */
  presentBefore(time: number): number | undefined {
    const now = Date.now() / 1000;
    return this.#state() === 'yes' && time > now + FUTURE ? now : undefined;
  }
}

function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

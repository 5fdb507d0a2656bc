// Stamps rows with strictly increasing times of the system clock, refined by the monotonic clock.

import type { Clock } from '../host/clock.ts';

/** `Clock.wall` counts whole milliseconds, so that the true time lies up to this many seconds later. */
const WALL_TICK = 0.001;

/** A change of the difference between the clocks by this many seconds or more is a step; row time follows a smaller one silently. */
const SMALLEST_STEP = 0.1;

/** How many of the latest steps are kept. */
const STEPS_KEPT = 8;

/** The speed of row time, relative to real time, while it is ahead of a system clock that was set back. */
const CATCH_UP_SPEED = 0.5;

/**
 * The most seconds by which a clock may be behind the last row of an earlier process: a machine without a clock chip starts with a time that
 * its system saves each hour. Rows further in the future were made by a clock that was wrong.
 */
const MOST_BEHIND = 3600;

export interface ClockStep {
  /** The first row time after the step, in seconds since 1970. */
  readonly time: number;
  /** By how many seconds the system clock was moved; negative is back. */
  readonly seconds: number;
  /** By how many seconds row time is now ahead of the system clock; 0 after a step forward. */
  readonly ahead: number;
}

export interface Stamp {
  /** The row's time: seconds since 1970 in whole microseconds, greater than that of every stamp before. */
  readonly time: number;
  /** The same moment on the monotonic clock. */
  readonly monotonic: number;
  /** The same moment on the system clock, made finer; runs back when that is set back. */
  readonly wall: number;
}

/**
 * Makes the times of rows. Row time is the time of the system clock, and follows a step forward at once. When the system
 * clock is set back, row time goes on at half speed, so that rows keep their order and distinct, evenly spaced times, until
 * the system clock has caught up (after twice the step).
 */
export class RowTimes {
  readonly #clock: Clock;
  readonly #onStep: (step: ClockStep) => void;
  // The bounds of the difference wall - monotonic, which each reading of the clocks narrows.
  #low = Number.NEGATIVE_INFINITY;
  #high = Number.POSITIVE_INFINITY;
  #lastMicroseconds = 0;
  #lastMonotonic = Number.NEGATIVE_INFINITY;
  #ahead = 0;
  /** Seconds by which the clock moved before the first stamp. */
  #moved = 0;
  #steps = 0;
  #lastSteps: readonly ClockStep[] = [];
  #making: number | undefined;

  constructor(clock: Clock, onStep: (step: ClockStep) => void) {
    this.#clock = clock;
    this.#onStep = onStep;
  }

  /** How many steps of the system clock were found. */
  get steps(): number {
    return this.#steps;
  }

  /** The latest of those steps, at most 8, the newest at the end. */
  get lastSteps(): readonly ClockStep[] {
    return this.#lastSteps;
  }

  /** Seconds by which the last stamp was ahead of the system clock: 0 unless that was set back. */
  get ahead(): number {
    return this.#ahead;
  }

  /** Seconds since 1970: no future row has a time before this. */
  get earliest(): number {
    return this.#making ?? this.#clock.wall() - WALL_TICK;
  }

  /** The row that was stamped last has been handed over. */
  made(): void {
    this.#making = undefined;
  }

  /** Whether the clock is not too far behind the last row of an earlier process for rows to follow that. */
  mayFollow(time: number): boolean {
    return time <= this.#clock.wall() + MOST_BEHIND;
  }

  /**
   * Takes the time of the last row of an earlier process, in seconds since 1970. If the system clock is behind it by an hour at most,
   * that counts as a step back: row time goes on from there at half speed. So it does if the clock is set back before the first row.
   */
  follow(time: number): void {
    const { monotonic, wall } = this.#look();
    const microseconds = Math.round(time * 1e6);
    if (time > wall + MOST_BEHIND || microseconds <= this.#lastMicroseconds) return;
    this.#lastMicroseconds = microseconds;
    this.#lastMonotonic = monotonic;
    this.#moved = Math.min(0, wall - time);
  }

  stamp(): Stamp {
    const look = this.#look();
    const { monotonic, wall } = look;
    const moved = look.moved + this.#moved;
    this.#moved = 0;
    let microseconds = Math.round(wall * 1e6);
    if (this.#lastMicroseconds > 0) {
      const passed = (monotonic - this.#lastMonotonic) * 1e6;
      const soonest = this.#lastMicroseconds + Math.max(1, Math.floor(passed * CATCH_UP_SPEED));
      microseconds = Math.max(microseconds, soonest);
    }
    this.#lastMicroseconds = microseconds;
    this.#lastMonotonic = monotonic;
    const time = microseconds / 1e6;
    this.#making = time;
    this.#ahead = Math.max(0, microseconds - Math.round(wall * 1e6)) / 1e6;
    if (Math.abs(moved) >= SMALLEST_STEP) {
      this.#steps++;
      const step = { time, seconds: Math.round(moved * 1000) / 1000, ahead: this.#ahead };
      this.#lastSteps = [...this.#lastSteps, step].slice(-STEPS_KEPT);
      this.#onStep(step);
    }
    return { time, monotonic, wall };
  }

  #look(): { monotonic: number; wall: number; moved: number } {
    const before = this.#clock.monotonic();
    const wall = this.#clock.wall();
    const after = this.#clock.monotonic();
    const low = wall - after;
    const high = wall + WALL_TICK - before;
    let moved = 0;
    if (low > this.#high || high < this.#low) {
      moved = (low + high - this.#low - this.#high) / 2;
      this.#low = low;
      this.#high = high;
    } else {
      this.#low = Math.max(this.#low, low);
      this.#high = Math.min(this.#high, high);
    }
    return { monotonic: after, wall: after + (this.#low + this.#high) / 2, moved };
  }
}

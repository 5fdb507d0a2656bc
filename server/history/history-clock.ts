// Tells a history what to think of the times of its rows while the system clock may be wrong, and after it was set.

import { type Clock, systemClock } from '../../device/index.ts';
import type { Synchronized } from '../machine/synchronized.ts';

/** The system clock was set: by `seconds`, before the row at `time`; row time is `ahead` seconds ahead of the clock since. */
export interface HistoryClockStep {
  readonly time: number;
  readonly seconds: number;
  readonly ahead: number;
}

/** Rows from the time `from` to before `to` were made by a clock that was wrong by `seconds`. */
interface Correction {
  readonly from: number;
  readonly to: number;
  readonly seconds: number;
}

/** Row time from `from` to before `to` was ahead of the clock: by `ahead` seconds at first, and a second less each second. */
interface Lead {
  readonly from: number;
  readonly to: number;
  readonly ahead: number;
}

/** Seconds that rows wait for a clock that is not synchronised; then they are stored with the times that they have. */
const LONGEST_HOLD = 1800;

/** Rows this many seconds in the future are of a clock that was wrong. */
const FUTURE = 60;

const DAY = 86_400;

const STEPS_KEPT = 16;

export class HistoryClock {
  readonly #state: () => Synchronized | undefined;
  readonly #clock: Pick<Clock, 'monotonic' | 'wall'>;
  #corrections: readonly Correction[] = [];
  #leads: readonly Lead[] = [];
  /** The time of the first row that no clock known to be right has made; undefined if the newest row is of a right clock. */
  #unsureFrom: number | undefined;
  /** The same while it is not known yet whether the clock is synchronised. */
  #unknownFrom: number | undefined;
  #isDoubted = false;
  /** When rows began to wait, by the monotonic clock. */
  #heldSince: number | undefined;
  #deletedAt = Number.NEGATIVE_INFINITY;

  /** @param state undefined until it has been asked for the first time */
  constructor(
    state: () => Synchronized | undefined = () => 'unknown',
    clock: Pick<Clock, 'monotonic' | 'wall'> = systemClock,
  ) {
    this.#state = state;
    this.#clock = clock;
  }

  /** Seconds of a clock that is never set. */
  get monotonic(): number {
    return this.#clock.monotonic();
  }

  get wall(): number {
    return this.#clock.wall();
  }

  get isSynchronized(): boolean {
    return this.#state() === 'yes';
  }

  /** Rows are about to be kept, the first of them at `time`. A step of the clock before them has been reported. */
  rowsCame(time: number): void {
    const state = this.#state();
    if (state === 'no') {
      this.#unsureFrom ??= this.#unknownFrom ?? time;
      this.#heldSince ??= this.monotonic;
    } else if (state === 'yes') {
      this.#unknownFrom = undefined;
      this.#heldSince = undefined;
      if (!this.#isDoubted) this.#unsureFrom = undefined;
    } else this.#unknownFrom ??= time;
  }

  /** Looks whether it is known now that the rows which have come are of a clock that is not synchronised. */
  look(): void {
    if (this.#unknownFrom === undefined || this.#state() !== 'no') return;
    this.#unsureFrom ??= this.#unknownFrom;
    this.#heldSince ??= this.monotonic;
  }

  stepped({ time, seconds, ahead }: HistoryClockStep): void {
    this.look();
    const from = this.#unsureFrom ?? (this.#state() === undefined ? this.#unknownFrom : undefined);
    if (from !== undefined)
      this.#corrections = [...this.#corrections, { from, to: time, seconds }].slice(-STEPS_KEPT);
    const leads = this.#leads.map(lead => ({ ...lead, to: Math.min(lead.to, time) }));
    if (ahead > 0) leads.push({ from: time, to: time + ahead, ahead });
    this.#leads = leads.slice(-STEPS_KEPT);
  }

  /** The synchronised clock contradicts the stored rows: if it is set now, rows from the time `from` on are corrected. */
  doubt(from: number): void {
    this.#isDoubted = true;
    this.#unsureFrom ??= from;
  }

  /** The clock is not doubted any more. */
  trust(): void {
    if (this.#isDoubted && this.#heldSince === undefined) this.#unsureFrom = undefined;
    this.#isDoubted = false;
  }

  /** Whether rows are to wait, because a time service is expected to set the clock, or it is not known yet whether one has. */
  isHeld(): boolean {
    this.look();
    if (this.#state() === undefined) return true;
    return this.#heldSince !== undefined && this.monotonic - this.#heldSince < LONGEST_HOLD;
  }

  /** The time at which a row was made, as the clock says it since it was set; in whole microseconds. */
  correct(time: number): number {
    const corrections = this.#corrections.filter(({ from, to }) => from <= time && time < to);
    if (corrections.length === 0) return time;
    const right = corrections.reduce((sum, { seconds }) => sum + seconds, time - this.#aheadAt(time));
    return Math.round(right * 1e6) / 1e6;
  }

  /**
   * The times around which rows may change when they are stored: of those from `from` on, which are not stored yet, some were made by
   * a clock that may be wrong, or have a correction still to come. Undefined if the times of all of them are final.
   */
  unsureSince(from: number): { readonly from: number; readonly to: number } | undefined {
    if (this.#unsureFrom !== undefined)
      return { from: Math.max(from, this.#unsureFrom), to: Number.POSITIVE_INFINITY };
    const pending = this.#corrections.filter(({ to }) => to > from);
    if (pending.length === 0) return undefined;
    const ends = pending.flatMap(({ from: begin, to }) => [Math.max(from, begin), to]);
    const corrected = ends.map(time => this.correct(time));
    return { from: Math.min(...ends, ...corrected), to: Math.max(...ends, ...corrected) };
  }

  /** What a file with rows of these times says about the clock: a sentence for each fault. */
  marks(firstTime: number, lastTime: number): readonly string[] {
    const marks = this.#leads
      .filter(({ from, to }) => firstTime < to && lastTime >= from)
      .map(
        ({ from, to, ahead }) =>
          `row time was ahead of the system clock: by ${ahead} s at ${instant(from)}, by a second less each second, until ${instant(to)} at the latest`,
      );
    return this.#heldSince === undefined ? marks : [...marks, 'the system clock was not synchronised'];
  }

  /** Files that may be deleted for their age now: rows of a clock that is wrong must not delete the past. */
  get mostDeletions(): number {
    if (this.isSynchronized) return Number.POSITIVE_INFINITY;
    return this.monotonic - this.#deletedAt > DAY ? 1 : 0;
  }

  /** The time that ages are counted back from: the newest row, unless its time was made by a clock that ran ahead. */
  presentBy(newest: number): number {
    return this.isSynchronized ? Math.min(newest, this.wall) : newest;
  }

  /** A file was deleted for its age. */
  deleted(): void {
    this.#deletedAt = this.monotonic;
  }

  /** Whether a time is in the future of a synchronised clock, so that one of two clocks is wrong. */
  isFuture(time: number): boolean {
    return this.isSynchronized && time > this.wall + FUTURE;
  }

  #aheadAt(time: number): number {
    const lead = this.#leads.find(({ from, to }) => from <= time && time < to);
    return lead === undefined ? 0 : lead.ahead - (time - lead.from);
  }
}

/** `2026-11-28T14:25:00.000Z` */
export function instant(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

// Plans the requests for rows: from the past on, after the last row, or from the next row on.

import { fromMillis } from '../../dap/model/time-units.ts';
import type { DatasetAddress } from './address.ts';
import { isBounded } from './bounded.ts';
import type { Description } from './describe.ts';
import type { ServerClock } from './server-clock.ts';
import { askServerTime } from './server-time.ts';
import type { KnownTime } from './throttle.ts';

/** Milliseconds of the past asked for beyond the shown ones: the server's `Date` has whole seconds, and requests take time. */
const SPARE_PAST = 3000;

/** One request for rows, made again by `follow` until rows come. */
export interface Attempt {
  readonly constraint: string;
  /** True for a request for rows of the past. */
  readonly isOfPast: boolean;
  /** True if its rows replace those that the page has. */
  readonly isAnew: boolean;
  /** What is known of the server's clock beforehand. */
  readonly known?: KnownTime;
  /** The number in the time column of the newest row that the page has: the rows after it are asked for. */
  readonly after?: number;
}

/** The newest row that the page has. */
export interface NewestRow {
  /** The number in its time column. */
  readonly stored: number;
  /** Its time in milliseconds. */
  readonly time: number;
}

export class AttemptPlan {
  readonly #address: DatasetAddress;
  readonly #description: Description;
  readonly #clock: ServerClock;
  #givesPast: boolean | undefined;

  constructor(address: DatasetAddress, description: Description, clock: ServerClock) {
    this.#address = address;
    this.#description = description;
    this.#clock = clock;
  }

  /** False for a server that is known not to give its past. */
  get mayGivePast(): boolean {
    return this.#givesPast !== false;
  }

  /** Notes whether an attempt brought rows. */
  note({ isOfPast }: Attempt, hasRows: boolean): void {
    if (isOfPast) this.#givesPast = hasRows;
  }

  /** The attempts for rows from `past` milliseconds ago on: with the past if it can be asked for, and without. */
  async fromThePast(past: number, signal: AbortSignal): Promise<Attempt[]> {
    const live = { constraint: this.#constraint, isOfPast: false, isAnew: false };
    const { time } = this.#description;
    if (time === undefined || !time.absolute || this.#isBounded) return [live];
    const known = await this.#knownTime(signal);
    const since = fromMillis(time.units, known.server - past - SPARE_PAST);
    return [{ constraint: this.#since(time.name, since), isOfPast: true, isAnew: true, known }, live];
  }

  /** The attempts for the rows after `newest`; for those from `past` milliseconds ago on if the newest row is older than that. */
  async afterTheNewest(newest: NewestRow | undefined, past: number, signal: AbortSignal): Promise<Attempt[]> {
    const browser = performance.now();
    const server = this.#clock.now(browser);
    if (server === undefined || newest === undefined || server - newest.time > past) {
      // The server's clock may have been set since the last row.
      this.#clock.reset();
      return this.fromThePast(past, signal);
    }
    if (this.#isBounded || !this.mayGivePast) return this.fromThePast(past, signal);
    const live = { constraint: this.#constraint, isOfPast: false, isAnew: false };
    return [{ ...live, isOfPast: true, known: { server, browser }, after: newest.stored }, live];
  }

  async #knownTime(signal: AbortSignal): Promise<KnownTime> {
    const server = this.#clock.now(performance.now()) ?? (await askServerTime(this.#address, signal));
    return { server, browser: performance.now() };
  }

  get #constraint(): string {
    const { sequence, amongOthers } = this.#description;
    return this.#address.constraint || (amongOthers ? sequence : '');
  }

  #since(column: string, time: number): string {
    return `${this.#constraint}&${this.#description.sequence}.${column}>=${time}`;
  }

  /** True if the constraint in the dataset's address says which rows are wanted. */
  get #isBounded(): boolean {
    const { sequence, time } = this.#description;
    return isBounded(this.#address.constraint, time && `${sequence}.${time.name}`);
  }
}

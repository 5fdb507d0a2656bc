// Plans the requests for rows: from the past on, after the last row, or from the next row on.

import { type Constraint, timeClause } from '../../dap/constraint/index.ts';
import { fromMillis } from '../../dap/model/time-units.ts';
import type { DatasetAddress } from './address.ts';
import type { Description } from './describe.ts';
import type { ServerClock } from './server-clock.ts';
import { askServerTime, TRUNCATED } from './server-time.ts';
import type { KnownTime } from './throttle.ts';

/** Milliseconds of the past asked for beyond the shown ones: the server's `Date` has whole seconds, and requests take time. */
const SPARE_PAST = 3000;

/** One request for rows, made again by `follow` until rows come. */
export interface Attempt {
  /** As text, decoded, or built. */
  readonly constraint: string | Constraint;
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
  /** The server's clock when it was asked for it last. */
  #asked: KnownTime | undefined;

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
    const known = (await this.#knownTime(signal)) ?? { server: Date.now(), browser: performance.now() };
    const since = fromMillis(time.units, known.server - past - SPARE_PAST);
    return [{ constraint: this.#since(time.name, since), isOfPast: true, isAnew: true, known }, live];
  }

  /** The attempts for the rows after `newest`; for those from `past` milliseconds ago on if the newest row is older than that. */
  async afterTheNewest(newest: NewestRow | undefined, past: number, signal: AbortSignal): Promise<Attempt[]> {
    const isAbsolute = this.#description.time?.absolute === true;
    const known = newest !== undefined && isAbsolute ? await this.#knownTime(signal) : undefined;
    if (known === undefined || newest === undefined || known.server - newest.time > past) {
      // The server's clock may have been set since the last row.
      this.#clock.reset();
      return this.fromThePast(past, signal);
    }
    if (this.#isBounded || !this.mayGivePast) return this.fromThePast(past, signal);
    const live = { constraint: this.#constraint, isOfPast: false, isAnew: false };
    return [{ ...live, isOfPast: true, known, after: newest.stored }, live];
  }

  /** The time of the server's clock at `browser`, rather too early than too late; undefined while no answer has told it. */
  serverTime(browser: number): number | undefined {
    const asked = this.#asked;
    return this.#clock.now(browser) ?? (asked && asked.server - TRUNCATED + browser - asked.browser);
  }

  async #knownTime(signal: AbortSignal): Promise<KnownTime | undefined> {
    const now = this.#clock.now(performance.now());
    if (now !== undefined) return { server: now, browser: performance.now() };
    const server = await askServerTime(this.#address, signal);
    this.#asked = server === undefined ? undefined : { server, browser: performance.now() };
    return this.#asked;
  }

  get #constraint(): string {
    const { sequence, amongOthers } = this.#description;
    return this.#address.constraint || (amongOthers ? sequence : '');
  }

  #since(column: string, time: number): string | Constraint {
    const path = `${this.#description.sequence}.${column}`;
    const text = this.#constraint;
    if (text !== '') return `${text}&${path}>=${time}`;
    return { projections: [], selections: [timeClause(path, '>=', time)] };
  }

  /** True if the constraint in the dataset's address says which rows are wanted. */
  get #isBounded(): boolean {
    return this.#description.isBounded === true;
  }
}

// Finds out whether the server started again with an earlier clock, so that its new rows are not later than the last one.

import { type Constraint, encodeConstraint, type Projection, timeClause } from '../../constraint/index.ts';
import { DecodeError, decodeStream } from '../../decode/index.ts';
import { DAP2 } from '../../formats/index.ts';
import { DapError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import { type Address, responseAddress } from '../http/address.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, isTransient, ResponseError } from '../http/request.ts';
import { pathOfTime, type ResumeTime } from './resume-time.ts';

/** Seconds that the last row may be ahead of the server's clock without a doubt: a `Date` tells whole seconds. */
const TOLERANCE = 3;

/** Seconds in which a server gives a row of its past that it has. */
export const PATIENCE = 2;

/** How many times of earlier rows are kept. */
const MOST_KNOWN = 256;

/** The last row that came is ahead of the server's clock, and the server does not give it any more. */
export class ClockBehind extends Interruption {
  override readonly name = 'ClockBehind';
  /** What the server's clock read, in seconds since 1970. */
  readonly serverTime: number;

  constructor(serverTime: number) {
    super('the server’s clock is behind the last row');
    this.serverTime = serverTime;
  }
}

/** True where a row of the time `last` is not to be expected of a server whose clock reads `serverTime`, both in seconds. */
export function isAhead(last: number, serverTime: number): boolean {
  return last - serverTime > TOLERANCE;
}

/** The server's clock by the `Date` of a response, in seconds since 1970; undefined where it has none. */
export function dateOf(headers: Headers): number | undefined {
  const date = Date.parse(headers.get('date') ?? '') / 1000;
  if (Number.isNaN(date)) return undefined;
  // What a cache kept bears the date of its making.
  const age = Number(headers.get('age') ?? 0);
  return age > 0 ? date + age : date;
}

/** Times of rows that have come, fewer the longer ago: by them a server is recognised that still has its rows. */
export class KnownTimes {
  readonly #times: number[] = [];

  add(time: number): void {
    const times = this.#times;
    if (times.at(-1) === time) return;
    times.push(time);
    if (times.length <= MOST_KNOWN) return;
    const older = times.splice(0, MOST_KNOWN / 2);
    times.unshift(...older.filter((_, index) => index % 2 === 0));
  }

  /** The newest one that is not later than `most`. */
  upTo(most: number): number | undefined {
    return this.#times.findLast(time => time <= most);
  }

  /** Some of them: the first one, and the last two. */
  get some(): readonly number[] {
    return [...new Set([...this.#times.slice(-2), ...this.#times.slice(0, 1)])];
  }

  keep(isTime: (time: number) => boolean): void {
    this.#times.splice(0, this.#times.length, ...this.#times.filter(isTime));
  }

  clear(): void {
    this.#times.length = 0;
  }
}

/** One request besides the stream, on a connection of its own. */
export type Probe = <T>(work: (connection: ClientConnection) => Promise<T>) => Promise<T>;

/** What the server has of its rows in a window of time, without reading them. */
export class PastRows {
  readonly #address: Address;
  readonly #probe: Probe;
  /** The server keeps silent where it is asked for its past: it has none. */
  #isSilent = false;

  constructor(address: Address, probe: Probe) {
    this.#address = address;
    this.#probe = probe;
  }

  /** True where the server has a row of exactly that time, `value`, in the column `time`. */
  async has(time: ResumeTime, value: number): Promise<boolean> {
    const bounds = [timeClause(pathOfTime(time), '>=', value), timeClause(pathOfTime(time), '<=', value)];
    return (await this.#firstTime(time, bounds)) === value;
  }

  /** True where the server has rows that are earlier than `value`, and none of those of the `known` times. */
  async hasOther(time: ResumeTime, value: number, known: readonly number[]): Promise<boolean> {
    if (this.#isSilent) return false;
    try {
      const oldest = await this.#firstTime(time, [timeClause(pathOfTime(time), '<', value)]);
      if (oldest === undefined || !(oldest < value)) return false;
      for (const earlier of known) if (oldest === earlier || (await this.has(time, earlier))) return false;
      return true;
    } catch (error) {
      if (error instanceof Interruption) return false;
      throw error;
    }
  }

  async #firstTime(time: ResumeTime, selections: Constraint['selections']): Promise<number | undefined> {
    const constraint = { projections: [firstOf(time)], selections };
    const at = responseAddress(this.#address, DAP2.dods, encodeConstraint(constraint));
    try {
      return await this.#probe(async connection => {
        connection.limit(PATIENCE, new NoRow());
        const response = await ask(connection, at, this.#address.headers, isTransient);
        for await (const part of decodeStream(connection.bytes(response))) {
          if (part.kind === 'rows') return Number(part.batch.columns[0]?.[0]);
        }
        return undefined;
      });
    } catch (error) {
      // A server that does not understand the question, or has no such rows (404), gives nothing to go by.
      const isBroken = error instanceof Interruption && !(error instanceof NoRow);
      if (isBroken || !isFailure(error)) throw error;
      this.#isSilent ||= error instanceof NoRow;
      return undefined;
    }
  }
}

/** No row came in time. */
class NoRow extends Interruption {
  override readonly name = 'NoRow';

  constructor() {
    super('no row came');
  }
}

function isFailure(error: unknown): boolean {
  return [NoRow, DapError, ResponseError, DecodeError, DapSyntaxError].some(kind => error instanceof kind);
}

/** The column in the first row alone. */
function firstOf({ sequence, column }: ResumeTime): Projection {
  const indices = [{ start: 0, stride: 1, stop: 0 }];
  return {
    kind: 'name',
    steps: [
      { name: sequence, indices },
      { name: column, indices: [] },
    ],
  };
}

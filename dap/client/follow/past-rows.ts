// Asks the server which rows of its past it still has, one row a request, beside the stream.

import { type Constraint, encodeConstraint, type Projection, timeClause } from '../../constraint/index.ts';
import { DecodeError, decodeStream } from '../../decode/index.ts';
import { DAP2 } from '../../formats/index.ts';
import { DapError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import { type Address, responseAddress } from '../http/address.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, isTransient, ResponseError } from '../http/request.ts';
import { pathOfTime, type ResumeTime } from './resume-time.ts';

/** Seconds within which a server sends a row of its past, if it has the row. */
export const PATIENCE = 2;

/** Makes one request beside the stream, on a connection of its own. */
export type Probe = <T>(work: (connection: ClientConnection) => Promise<T>) => Promise<T>;

/** The answer to the question for a row; `unknown` if the server did not answer in time, or in another way. */
export type RowAnswer = 'there' | 'absent' | 'unknown';

export class PastRows {
  readonly #address: Address;
  readonly #probe: Probe;
  /** The server sent no row when it was asked for its past: it keeps none. */
  #isSilent = false;

  constructor(address: Address, probe: Probe) {
    this.#address = address;
    this.#probe = probe;
  }

  /** Whether the server has a row whose column `time` reads exactly `value`. */
  async ask(time: ResumeTime, value: number): Promise<RowAnswer> {
    const bounds = [timeClause(pathOfTime(time), '>=', value), timeClause(pathOfTime(time), '<=', value)];
    const first = await this.#firstTime(time, bounds);
    if (typeof first === 'string') return first;
    return first === value ? 'there' : 'absent';
  }

  /** Whether the server has a row of the time `value`, which may be ahead of its clock: it may wait for that time. */
  async askAhead(time: ResumeTime, value: number): Promise<RowAnswer> {
    const isSilent = this.#isSilent;
    const answer = await this.ask(time, value);
    this.#isSilent = isSilent;
    return answer;
  }

  /** True if the server has rows earlier than `value`, and later than `after` if that is given, and no row of the `known` times. */
  async hasOther(
    time: ResumeTime,
    value: number,
    known: readonly number[],
    after?: number,
  ): Promise<boolean> {
    if (this.#isSilent) return false;
    try {
      const bounds = [timeClause(pathOfTime(time), '<', value)];
      if (after !== undefined) bounds.push(timeClause(pathOfTime(time), '>', after));
      const oldest = await this.#firstTime(time, bounds);
      if (typeof oldest === 'string' || !(oldest < value)) return false;
      for (const earlier of known)
        if (oldest === earlier || (await this.ask(time, earlier)) === 'there') return false;
      return true;
    } catch (error) {
      if (error instanceof Interruption) return false;
      throw error;
    }
  }

  async #firstTime(
    time: ResumeTime,
    selections: Constraint['selections'],
  ): Promise<number | Exclude<RowAnswer, 'there'>> {
    const constraint = { projections: [firstOf(time)], selections };
    const at = responseAddress(this.#address, DAP2.dods, encodeConstraint(constraint));
    try {
      return await this.#probe(async connection => {
        connection.limit(PATIENCE, new NoRow());
        const response = await ask(connection, at, this.#address.headers, isTransient);
        for await (const part of decodeStream(connection.bytes(response))) {
          if (part.kind === 'rows') return Number(part.batch.columns[0]?.[0]);
        }
        return 'absent' as const;
      });
    } catch (error) {
      // A server that does not understand the request, or has no such rows (404), proves nothing.
      const isBroken = error instanceof Interruption && !(error instanceof NoRow);
      if (isBroken || !isFailure(error)) throw error;
      this.#isSilent ||= error instanceof NoRow;
      return 'unknown';
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

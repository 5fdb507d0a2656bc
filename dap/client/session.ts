// What each connection contributes to a stream: the request for what is still missing, and the rows of its response.

import { type Constraint, encodeConstraint } from '../constraint/index.ts';
import { type DecodedPart, DecodeError, type DecodeLimits, decodeStream } from '../decode/index.ts';
import { DapError } from '../model/error.ts';
import { DapSyntaxError } from '../model/scan.ts';
import type { Dataset } from '../model/variable.ts';
import { type Address, responseAddress } from './address.ts';
import { Body } from './body.ts';
import { type Connection, Interruption } from './connection.ts';
import { askDds } from './describe.ts';
import { hasTime, omittedTime, Progress, type Rows } from './progress.ts';
import { ask, isTransient, located, ResponseError } from './request.ts';

/** How many times in a row a dataset that has given rows may be answered with 404 before that is believed. */
const PATIENCE_WITH_404 = 10;

/** One stream, over all its connections: what is asked for, and how far it has come. */
export class Session {
  readonly #address: Address;
  readonly #asked: Constraint;
  readonly #limits: Partial<DecodeLimits>;
  readonly #onState: (state: { readonly state: 'waiting' | 'connected' }) => void;
  #progress: Progress;
  #isServed = false;
  /** It is known whether the time has to be asked for besides. */
  #timeIsSettled = false;
  /** How many answers in a row were 404. */
  #missing = 0;

  constructor(
    address: Address,
    asked: Constraint,
    limits: Partial<DecodeLimits> = {},
    onState: (state: { readonly state: 'waiting' | 'connected' }) => void,
  ) {
    this.#address = address;
    this.#asked = asked;
    this.#limits = limits;
    this.#onState = onState;
    this.#progress = new Progress(asked);
  }

  /** Whether the connection that was tried last has come as far as the description of its rows. */
  get isServed(): boolean {
    return this.#isServed;
  }

  /** Whether the connection that was tried last has brought rows. */
  get hasBroughtRows(): boolean {
    return this.#progress.seenNow > 0;
  }

  /** The rows that `connection` brings. Returns why there are no more; throws an `Interruption` where there may be. */
  async *rows(connection: Connection): AsyncGenerator<Rows, string, undefined> {
    this.#isServed = false;
    const progress = this.#progress;
    progress.restart();
    const at = responseAddress(this.#address, '.dods', encodeConstraint(progress.constraint()));
    const response = await ask(connection, at, this.#address.headers, status =>
      this.#isWorthRetrying(status),
    );
    this.#missing = 0;
    for await (const part of this.#parts(new Body(connection.bytes(response)), at)) {
      if (part.kind === 'dataset') {
        if (await this.#addsTime(part.dataset, connection)) break;
        progress.begin(part.dataset, at, serverTime(response.headers));
        this.#isServed = true;
        this.#onState({ state: 'waiting' });
      } else if (part.kind === 'rows') {
        const rows = progress.take(part.batch);
        if (rows === undefined) continue;
        if (progress.seenNow === rows.length) this.#onState({ state: 'connected' });
        yield rows;
        connection.throwIfClosed();
        if (progress.isFull) return 'all rows of the row range have come';
      } else if (part.kind === 'end') {
        if (progress.isOver()) return 'the Sequence has come to its end';
        throw new Interruption('the server ended the Sequence');
      }
    }
    return yield* this.rows(connection);
  }

  /** The response as it is decoded. What is wrong with it means another attempt, or an error with address and reason. */
  async *#parts(body: Body, at: string): AsyncGenerator<DecodedPart, void, undefined> {
    try {
      yield* decodeStream(body, { limits: this.#limits });
    } catch (error) {
      if (error instanceof DapError) throw located(error, at, 200);
      if (!(error instanceof DecodeError || error instanceof DapSyntaxError)) throw error;
      // Rows came from here, so the server can do better: the next connection shows it, or fails before its first row.
      if (this.hasBroughtRows || body.canBeCutOff) {
        throw new Interruption(`the response broke off: ${error.message}`, { cause: error });
      }
      throw new ResponseError(at, error.message, { status: 200, cause: error });
    }
  }

  /**
   * On the first connection: has the time asked for besides, where `served` leaves it out and the dataset has it. Then the
   * request is made again; what was served so far is of no use.
   */
  async #addsTime(served: Dataset, connection: Connection): Promise<boolean> {
    if (this.#timeIsSettled) return false;
    const isLeftOut = this.#asked.projections.length > 0 && !hasTime(served);
    const time = isLeftOut
      ? omittedTime(this.#asked, await askDds(connection, this.#address, ''))
      : undefined;
    this.#timeIsSettled = true;
    if (time !== undefined) this.#progress = new Progress(this.#asked, time);
    return time !== undefined;
  }

  #isWorthRetrying(status: number): boolean {
    if (status !== 404) return isTransient(status);
    this.#missing++;
    return this.#progress.seen > 0 && this.#missing <= PATIENCE_WITH_404;
  }
}

/** Seconds since 1970 by the server's clock, as far as its `Date` tells: that one knows whole seconds only. */
function serverTime(headers: Headers): number {
  const own = Date.now() / 1000;
  const date = Date.parse(headers.get('date') ?? '') / 1000;
  return Math.abs(own - date) > 2 ? date : own;
}

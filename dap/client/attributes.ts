// Asks for the attributes of a dataset, and takes what can be had of them: without them its data can still be read.

import type { AttributeTable } from '../model/attributes.ts';
import { readDas } from '../model/das-recovery.ts';
import { DapError } from '../model/error.ts';
import { type Address, responseAddress } from './address.ts';
import { Body } from './body.ts';
import { ByteCollector, bodyText, collectBytes } from './bytes.ts';
import type { Connection } from './connection.ts';
import { ask, errorObjectIn, once, type RequestOptions, ResponseError } from './request.ts';
import { WEB_PAGE } from './web-page.ts';

/** Bytes of a DAS that are read at most. */
const LONGEST_DAS = 2 ** 23;

/** Seconds without a byte, and in all, after which no more of a DAS is waited for. */
const SILENCE = 10;
const PATIENCE = 20;

/** What could be read, and why there is no more of it: a sentence with the address. */
export interface ReadAttributes {
  readonly attributes: AttributeTable;
  readonly problem: string | undefined;
}

/** Reads a DAS. Rejects with the signal's reason alone. */
export async function readAttributes(address: Address, options: RequestOptions): Promise<ReadAttributes> {
  const at = responseAddress(address, '.das', '');
  const answer = new DasAnswer(at);
  let failure: string | undefined;
  try {
    await answer.read(address, options);
  } catch (error) {
    options.signal?.throwIfAborted();
    if (error instanceof DapError || error instanceof ResponseError) failure = error.message;
    else if (error instanceof RangeError) failure = `${at}: ${error.message}`;
    else throw error;
  }
  const { attributes, problem } = answer.attributes(failure === undefined);
  return { attributes, problem: failure ?? problem };
}

/** Asks for a DAS over `connection`. Throws as `ask` does; what cannot be read of an answer is left out. */
export async function askDas(connection: Connection, address: Address): Promise<AttributeTable> {
  const answer = new DasAnswer(responseAddress(address, '.das', ''));
  let isAll = true;
  try {
    await answer.readFrom(connection, address);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    isAll = false;
  }
  return answer.attributes(isAll).attributes;
}

/** The answer to one request for a DAS, as far as it has come. */
class DasAnswer {
  readonly #at: string;
  readonly #collector = new ByteCollector();
  #contentType: string | null = null;
  #body: Body | undefined;

  constructor(at: string) {
    this.#at = at;
  }

  /** Reads on to the end. Rejects for a status other than 200, an interruption, and a body that does not end. */
  async read(address: Address, options: RequestOptions): Promise<void> {
    const patience = new AbortController();
    const reason = new ResponseError(
      this.#at,
      `expected the end of the DAS within ${PATIENCE} s, found none`,
    );
    const timer = setTimeout(() => patience.abort(reason), PATIENCE * 1000);
    const abort = (): void => patience.abort(options.signal?.reason);
    options.signal?.addEventListener('abort', abort);
    if (options.signal?.aborted === true) abort();
    const { silence = SILENCE } = options;
    const bounded = { ...options, signal: patience.signal, silence: Math.min(silence || SILENCE, SILENCE) };
    try {
      await once(this.#at, bounded, connection => this.readFrom(connection, address, () => false));
    } finally {
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
    }
  }

  /** Reads on to the end over `connection`, as `read` does. */
  async readFrom(
    connection: Connection,
    address: Address,
    worthRetrying?: (status: number) => boolean,
  ): Promise<void> {
    const response = await ask(connection, this.#at, address.headers, worthRetrying);
    this.#contentType = response.headers.get('content-type');
    this.#body = new Body(connection.bytes(response), this.#contentType);
    await collectBytes(this.#body, LONGEST_DAS, this.#collector);
  }

  /** What is in the bytes that have come. `isAll`: they are all of the answer. */
  attributes(isAll: boolean): ReadAttributes {
    const none = (problem: string): ReadAttributes => ({ attributes: new Map(), problem });
    const text = bodyText(this.#collector.bytes, this.#contentType);
    if (this.#body?.isWebPage === true) return none(`${this.#at}: ${WEB_PAGE}`);
    if (text.trim() === '') return none(`${this.#at}: expected a DAS, found an empty answer`);
    const error = isAll ? errorObjectIn(text, this.#at, 200) : undefined;
    if (error !== undefined) return none(error.message);
    const { attributes, problem } = readDas(text);
    return { attributes, problem: problem && `${this.#at}: ${problem.message}` };
  }
}

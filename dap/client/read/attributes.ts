// Requests the DAS of a dataset, and keeps every attribute that can be read: the client can read the data without attributes.

import { onAbort } from '../../decode/on-abort.ts';
import { DAP2 } from '../../formats/index.ts';
import type { AttributeTable } from '../../model/attributes.ts';
import { readDas } from '../../model/das-recovery.ts';
import { DapError } from '../../model/error.ts';
import { type Address, responseAddress } from '../http/address.ts';
import { Body } from '../http/body.ts';
import { ByteCollector, bodyText, collectBytes } from '../http/bytes.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, errorObjectIn, once, type RequestOptions, ResponseError } from '../http/request.ts';
import { WEB_PAGE } from '../http/web-page.ts';

/** The longest DAS that is read, in bytes. */
const LONGEST_DAS = 2 ** 23;

/** Seconds without a byte, and seconds in all, after which the client stops waiting for a DAS. */
const SILENCE = 10;
const PATIENCE = 20;

export interface AttributesResult {
  /** All attributes that could be read. */
  readonly attributes: AttributeTable;
  /** Why attributes are missing, a sentence with the address; undefined if all could be read. */
  readonly problem: string | undefined;
}

/**
 * Requests a DAS over `connection`: the attributes that can be read. Throws as `ask` does, and a `ResponseError` for an answer
 * that is not a DAS.
 */
async function askDas(connection: ClientConnection, address: Address): Promise<AttributeTable> {
  const answer = new DasAnswer(address);
  await answer.read(connection);
  const { attributes, problem } = answer.attributes();
  if (problem !== undefined && attributes.size === 0) throw problem;
  return attributes;
}

/**
 * Requests a DAS as `askDas` does; undefined if the server has no readable DAS. Throws an `Interruption` if another attempt may
 * bring one.
 */
export async function askDasIfAny(
  connection: ClientConnection,
  address: Address,
): Promise<AttributeTable | undefined> {
  try {
    return await askDas(connection, address);
  } catch (error) {
    if (error instanceof DapError || error instanceof ResponseError) return undefined;
    const cause = error instanceof Interruption ? error.cause : undefined;
    if (cause instanceof ResponseError && cause.status === 500) return undefined;
    throw error;
  }
}

/** Reads a DAS over a connection of its own, in one attempt. Rejects only with the signal's reason. */
export async function readAttributes(address: Address, options: RequestOptions): Promise<AttributesResult> {
  const answer = new DasAnswer(address);
  let failure: string | undefined;
  try {
    await within(PATIENCE, answer.at, options, bounded =>
      once(answer.at, bounded, connection => answer.read(connection, () => false)),
    );
  } catch (error) {
    options.signal?.throwIfAborted();
    if (!(error instanceof DapError || error instanceof ResponseError)) throw error;
    failure = error.message;
  }
  const { attributes, problem } = answer.attributes(failure === undefined);
  return { attributes, problem: failure ?? problem?.message };
}

/** Ends `work` after `seconds`, and earlier if no byte comes. */
async function within(
  seconds: number,
  at: string,
  options: RequestOptions,
  work: (bounded: RequestOptions) => Promise<void>,
): Promise<void> {
  const { signal, silence = SILENCE } = options;
  const patience = new AbortController();
  const reason = new ResponseError(at, `expected the end of the DAS within ${seconds} s, found none`);
  const timer = setTimeout(() => patience.abort(reason), seconds * 1000);
  const forget = onAbort(signal, cause => patience.abort(cause));
  try {
    await work({ ...options, signal: patience.signal, silence: Math.min(silence || SILENCE, SILENCE) });
  } finally {
    clearTimeout(timer);
    forget();
  }
}

/** The part of the answer to one request for a DAS that has come. */
class DasAnswer {
  readonly at: string;
  readonly #address: Address;
  readonly #collector = new ByteCollector();
  #contentType: string | null = null;
  #body: Body | undefined;

  constructor(address: Address) {
    this.at = responseAddress(address, DAP2.das, '');
    this.#address = address;
  }

  /** Reads to the end. Rejects as `ask` does, for an interruption, and for a body that is too long. */
  async read(connection: ClientConnection, worthRetrying?: (status: number) => boolean): Promise<void> {
    const response = await ask(connection, this.at, this.#address.headers, worthRetrying);
    this.#contentType = response.headers.get('content-type');
    this.#body = new Body(connection.bytes(response), this.#contentType);
    try {
      await collectBytes(this.#body, LONGEST_DAS, this.#collector);
    } catch (error) {
      throw error instanceof RangeError ? new ResponseError(this.at, error.message, { status: 200 }) : error;
    }
  }

  /** The attributes in the bytes that have come. `isAll`: the answer is complete. */
  attributes(isAll = true): { attributes: AttributeTable; problem: DapError | ResponseError | undefined } {
    const wrong = (reason: string): ResponseError => new ResponseError(this.at, reason, { status: 200 });
    const none = (problem: DapError | ResponseError) => ({
      attributes: new Map() as AttributeTable,
      problem,
    });
    const text = bodyText(this.#collector.bytes, this.#contentType);
    if (this.#body?.isWebPage === true) return none(wrong(WEB_PAGE));
    if (text.trim() === '') return none(wrong('expected a DAS, found an empty answer'));
    const error = isAll ? errorObjectIn(text, this.at, 200) : undefined;
    if (error !== undefined) return none(error);
    const { attributes, problem } = readDas(text);
    return { attributes, problem: problem && wrong(problem.message) };
  }
}

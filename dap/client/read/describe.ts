// Requests the description of a dataset: its variables from the DDS, its attributes from the DAS.

import { constraintOf, encodeConstraint } from '../../constraint/index.ts';
import { DEFAULT_LIMITS } from '../../decode/index.ts';
import { onAbort } from '../../decode/on-abort.ts';
import { DAP2 } from '../../formats/index.ts';
import type { AttributeTable } from '../../model/attributes.ts';
import { parseDds } from '../../model/dds.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import type { DapDataset } from '../../model/variable.ts';
import { type Address, parseAddress, responseAddress } from '../http/address.ts';
import { Body } from '../http/body.ts';
import { bodyText, collectBytes } from '../http/bytes.ts';
import { type ClientConnection, Interruption } from '../http/connection.ts';
import { ask, errorObjectIn, once, type RequestOptions, ResponseError } from '../http/request.ts';
import { webPageInsteadOf } from '../http/web-page.ts';
import { readAttributes } from './attributes.ts';

/** The longest DDS that is read, in bytes. */
const LONGEST_DDS = 2 ** 24;

export interface DatasetDescription {
  readonly dataset: DapDataset;
  /** All attributes of the DAS that could be read. */
  readonly attributes: AttributeTable;
  /** Why attributes are missing, a sentence with the address of the DAS; undefined if all could be read. */
  readonly problem: string | undefined;
}

/**
 * Fetches the DDS and the DAS of a dataset (DAP2 draft, section 7.2). `url` is its base address, `http://pi:8080/roberrypi`, or
 * the address of one of its responses; `http://pi:8080/` is the server's first dataset. A query is a constraint: it changes the
 * dataset, not the attributes.
 *
 * A DAS that cannot be read, wholly or in part, is not an error: `problem` describes it, and the attributes are those that could be
 * read. Rejects if the DDS cannot be read: with a `DapError` for the server's Error object (its code is the HTTP status if it has
 * none), with a `ResponseError` for any other answer or none. Rejects with a `ConstraintError` or `TypeError` for an address that
 * cannot be requested, and with the signal's reason.
 */
export async function describe(url: string, options: RequestOptions = {}): Promise<DatasetDescription> {
  const address = parseAddress(url);
  const query = encodeConstraint(await constraintOf(address.query));
  const stop = new AbortController();
  const forget = onAbort(options.signal, cause => stop.abort(cause));
  try {
    const bounded = { ...options, signal: stop.signal };
    const variables = once(address.base, bounded, connection => askDds(connection, address, query));
    const attributes = readAttributes(address, bounded);
    // A DDS that cannot be read ends the other request too, whose rejection nobody waits for then.
    attributes.catch(() => {});
    return { dataset: await variables, ...(await attributes) };
  } finally {
    forget();
    stop.abort();
  }
}

/** Requests a DDS. Throws as `ask` does, and a `ResponseError` for an answer that is not a DDS. */
export async function askDds(
  connection: ClientConnection,
  address: Address,
  query: string,
): Promise<DapDataset> {
  const at = responseAddress(address, DAP2.dds, query);
  const response = await ask(connection, at, address.headers);
  const contentType = response.headers.get('content-type');
  const body = new Body(connection.bytes(response), contentType);
  let text = '';
  try {
    text = bodyText(await collectBytes(body, LONGEST_DDS), contentType);
    return parseDds(text, DEFAULT_LIMITS);
  } catch (error) {
    if (!(error instanceof DapSyntaxError || error instanceof RangeError)) throw error;
    const cause = error;
    if (body.canBeCutOff && cause instanceof DapSyntaxError && isAtEnd(cause, text)) {
      throw new Interruption(`the DDS broke off: ${cause.message}`, { cause });
    }
    const { status } = response;
    const reason = body.isWebPage ? webPageInsteadOf(error) : error.message;
    throw errorObjectIn(text, at, status) ?? new ResponseError(at, reason, { status, cause });
  }
}

/** True if the error is that the text ends, possibly in the middle of a word. */
function isAtEnd({ found }: DapSyntaxError, text: string): boolean {
  return found === 'the end of the text' || text.endsWith(found.slice(1, -1));
}

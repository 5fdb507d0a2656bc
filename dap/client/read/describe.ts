// Asks what a dataset on a server holds: its variables from the DDS, its attributes from the DAS.

import { encodeConstraint, parseConstraint } from '../../constraint/index.ts';
import { DEFAULT_LIMITS } from '../../decode/index.ts';
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

/** Bytes of a DDS that are read at most. */
const LONGEST_DDS = 2 ** 24;

/** What a server says of a dataset. */
export interface DatasetDescription {
  readonly dataset: DapDataset;
  /** All that could be read of the DAS. */
  readonly attributes: AttributeTable;
  /** Why attributes are missing, a sentence with the address of the DAS; undefined where all could be read. */
  readonly problem: string | undefined;
}

/**
 * Fetches the DDS and the DAS of a dataset. `url` is its base address, `http://pi:8080/roberrypi`, or any of its
 * responses; `http://pi:8080/` is the server's first dataset. A query is a constraint, which leaves its mark on the
 * dataset and not on the attributes.
 *
 * A DAS that cannot be read, or not all of it, is no error: `problem` tells of it, and the attributes are those that could
 * be read. Rejects for the DDS, with a `DapError` for a server's Error object (its code is the HTTP status where it has
 * none), a `ResponseError` for any other answer or none; with a `ConstraintError` or `TypeError` for an address that cannot
 * be asked for; and with the signal's reason.
 */
export async function describe(url: string, options: RequestOptions = {}): Promise<DatasetDescription> {
  const address = parseAddress(url);
  const query = encodeConstraint(parseConstraint(address.query));
  const dataset = await once(address.base, options, connection => askDds(connection, address, query));
  return { dataset, ...(await readAttributes(address, options)) };
}

/** Asks for a DDS; throws as `ask` does, and a `ResponseError` for an answer that is none. */
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

/** True where what is wrong with the text is that it ends here, be it in the middle of a word. */
function isAtEnd({ found }: DapSyntaxError, text: string): boolean {
  return found === 'the end of the text' || text.endsWith(found.slice(1, -1));
}

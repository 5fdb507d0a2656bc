// What a dataset on a server holds: its variables from the DDS, its attributes from the DAS.

import { encodeConstraint, parseConstraint } from '../constraint/index.ts';
import type { AttributeTable } from '../model/attributes.ts';
import { parseDas } from '../model/das.ts';
import { parseDds } from '../model/dds.ts';
import { DapSyntaxError } from '../model/scan.ts';
import type { Dataset } from '../model/variable.ts';
import { type Address, parseAddress, responseAddress } from './address.ts';
import { Body } from './body.ts';
import { type Connection, Interruption } from './connection.ts';
import { ask, errorObjectIn, once, type RequestOptions, ResponseError, readText } from './request.ts';

/** Bytes of a DDS or DAS that are read at most. */
const LONGEST_DESCRIPTION = 16_777_216;

/**
 * Fetches the DDS and the DAS of a dataset. `url` is its base address, `http://pi:8080/roberrypi`, or any of its
 * responses; `http://pi:8080/` is the server's first dataset. A query is a constraint, which leaves its mark on the
 * dataset and not on the attributes.
 *
 * Rejects with a `DapError` for a server's Error object (its code is the HTTP status where it has none), a
 * `ResponseError` for any other answer or none, a `ConstraintError` or `TypeError` for an address that cannot be asked
 * for, and the signal's reason.
 */
export async function describe(
  url: string,
  options: RequestOptions = {},
): Promise<{ dataset: Dataset; attributes: AttributeTable }> {
  const address = parseAddress(url);
  const query = encodeConstraint(parseConstraint(address.query));
  return once(address.base, options, async connection => ({
    dataset: await askDds(connection, address, query),
    attributes: await askDas(connection, address),
  }));
}

/** Asks for a DDS; throws as `ask` does, and a `ResponseError` for an answer that is none. */
export function askDds(connection: Connection, address: Address, query: string): Promise<Dataset> {
  return askText(connection, address, '.dds', query, parseDds);
}

/** Asks for a DAS; throws as `askDds` does. */
export function askDas(connection: Connection, address: Address): Promise<AttributeTable> {
  return askText(connection, address, '.das', '', parseDas);
}

async function askText<T>(
  connection: Connection,
  address: Address,
  suffix: '.dds' | '.das',
  query: string,
  parse: (text: string) => T,
): Promise<T> {
  const at = responseAddress(address, suffix, query);
  const response = await ask(connection, at, address.headers);
  const body = new Body(connection.bytes(response));
  let text = '';
  try {
    text = await readText(body, LONGEST_DESCRIPTION);
    return parse(text);
  } catch (error) {
    if (!(error instanceof DapSyntaxError || error instanceof RangeError)) throw error;
    const cause = error;
    if (body.canBeCutOff && cause instanceof DapSyntaxError && isAtEnd(cause, text)) {
      throw new Interruption(`the DDS broke off: ${cause.message}`, { cause });
    }
    const { status } = response;
    throw errorObjectIn(text, at, status) ?? new ResponseError(at, error.message, { status, cause });
  }
}

/** True where what is wrong with the text is that it ends here, be it in the middle of a word. */
function isAtEnd({ found }: DapSyntaxError, text: string): boolean {
  return found === 'the end of the text' || text.endsWith(found.slice(1, -1));
}

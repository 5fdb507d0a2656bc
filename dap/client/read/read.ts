// Reads a whole response at once: the values of a dataset that is finite, or that a constraint makes so.

import { encodeConstraint, parseConstraint } from '../../constraint/index.ts';
import { DecodeError, type DecodeLimits, decodeAll } from '../../decode/index.ts';
import { DAP2 } from '../../formats/index.ts';
import { DapError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import type { Value } from '../../model/value.ts';
import type { DapDataset } from '../../model/variable.ts';
import { parseAddress, responseAddress } from '../http/address.ts';
import { Body } from '../http/body.ts';
import { collectBytes } from '../http/bytes.ts';
import { ask, located, once, type RequestOptions, ResponseError } from '../http/request.ts';
import { webPageInsteadOf } from '../http/web-page.ts';

export interface ReadOptions extends RequestOptions {
  /** The constraint expression, as it would stand after the `?`; in the address or here. */
  readonly constraint?: string;
  /** Bytes of the response that are taken at most, since a Sequence may have no end: 256 MiB where it is left out. */
  readonly maxBytes?: number;
  /** What counts as a hostile response. */
  readonly limits?: Partial<DecodeLimits>;
}

/**
 * Reads the data of a dataset at once: the constrained DDS, and one value a variable in its order, a Sequence as one batch
 * of all its rows. `url` as in `describe`. An endless Sequence needs a constraint that ends it, or `follow`.
 *
 * One attempt: rejects as `describe` does, and with a `ResponseError` for a body that is no data response, is not whole or
 * is longer than `maxBytes`.
 */
export async function read(
  url: string,
  options: ReadOptions = {},
): Promise<{ dataset: DapDataset; values: Value[] }> {
  const address = parseAddress(url, options.constraint);
  const at = responseAddress(address, DAP2.dods, encodeConstraint(parseConstraint(address.query)));
  return once(at, options, async connection => {
    const response = await ask(connection, at, address.headers);
    const { status } = response;
    const { maxBytes = 2 ** 28, limits } = options;
    const body = new Body(connection.bytes(response), response.headers.get('content-type'));
    try {
      return decodeAll(await collectBytes(body, maxBytes), limits);
    } catch (error) {
      if (error instanceof DapError) throw located(error, at, status);
      const isWrong =
        error instanceof DecodeError || error instanceof DapSyntaxError || error instanceof RangeError;
      if (!isWrong) throw error;
      const reason = body.isWebPage ? webPageInsteadOf(error) : error.message;
      throw new ResponseError(at, reason, { status, cause: error });
    }
  });
}

// Reads a whole data response: the values of a finite dataset, or of a dataset that a constraint makes finite.

import { type Constraint, constraintOf, encodeConstraint } from '../../constraint/index.ts';
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
  /** The constraint expression, as after the `?` of an address, or built in code; either here or in the address. */
  readonly constraint?: string | Constraint;
  /** The longest response in bytes, since a Sequence may have no end; 256 MiB by default. */
  readonly maxBytes?: number;
  /** The limits beyond which a response counts as hostile. */
  readonly limits?: Partial<DecodeLimits>;
}

/**
 * Reads the data of a dataset (DAP2 draft, section 7.3): the constrained DDS, and one value for each variable in its order; a
 * Sequence is one batch of all its rows. `url` as in `describe`. An endless Sequence needs a constraint that ends it, or `follow`.
 *
 * Makes one attempt: rejects as `describe` does, and with a `ResponseError` for a body that is not a data response, is incomplete
 * or longer than `maxBytes`.
 */
export async function read(
  url: string,
  options: ReadOptions = {},
): Promise<{ dataset: DapDataset; values: Value[] }> {
  const { constraint } = options;
  const address = parseAddress(url, typeof constraint === 'object' ? '' : constraint);
  const asked = typeof constraint === 'object' ? constraint : await constraintOf(address.query);
  const at = responseAddress(address, DAP2.dods, encodeConstraint(asked));
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

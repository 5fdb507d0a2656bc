// Decodes the response that a stream reads, and tells failures that another attempt may mend from errors that will last.

import { END_OF_RESPONSE } from '../../decode/error.ts';
import { type DecodedPart, DecodeError, type DecodeLimits, decodeStream } from '../../decode/index.ts';
import { DapError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import type { Body } from '../http/body.ts';
import { Interruption } from '../http/connection.ts';
import { located, ResponseError } from '../http/request.ts';
import { webPageInsteadOf } from '../http/web-page.ts';

/**
 * The parts of the response at the address `at`. Throws an `Interruption` for a failure that another attempt may mend: always
 * once the connection has brought rows (`hasBroughtRows`), since the server can then do better. Else throws a `DapError` or a
 * `ResponseError`, with the address in its message.
 */
export async function* partsOf(
  body: Body,
  at: string,
  limits: Partial<DecodeLimits>,
  hasBroughtRows: () => boolean,
): AsyncGenerator<DecodedPart, void, undefined> {
  try {
    yield* decodeStream(body, { limits });
  } catch (error) {
    if (error instanceof DapError) {
      const cause = located(error, at, 200);
      throw hasBroughtRows() ? new Interruption(cause.message, { cause }) : cause;
    }
    if (!(error instanceof DecodeError || error instanceof DapSyntaxError)) throw error;
    if (body.isWebPage) throw new ResponseError(at, webPageInsteadOf(error), { status: 200, cause: error });
    if (hasBroughtRows() || (body.canBeCutOff && !isInTheData(error))) {
      throw new Interruption(`the response broke off: ${error.message}`, { cause: error });
    }
    throw new ResponseError(at, error.message, { status: 200, cause: error });
  }
}

/** True if wrong bytes came in the data, so that more bytes would not have helped. */
function isInTheData(error: Error): boolean {
  return error instanceof DecodeError && error.offset > 0 && error.found !== END_OF_RESPONSE;
}

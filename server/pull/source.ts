// Requests the shape of an address's rows from its server, and retries until the server answers.

import { parseAddress } from '../../dap/client/http/address.ts';
import { ClientConnection, type Fetch, Interruption } from '../../dap/client/http/connection.ts';
import { backOff, completeRetry, pause } from '../../dap/client/http/reconnect.ts';
import { completeOptions, failureOf } from '../../dap/client/http/request.ts';
import { askDasIfAny } from '../../dap/client/read/attributes.ts';
import { askDds } from '../../dap/client/read/describe.ts';
import { encodeConstraint, parseConstraint } from '../../dap/index.ts';
import { type RowShape, shapeOf } from './row-shape.ts';

/** An address, split before its constraint is parsed. */
export interface SourceAddress {
  readonly url: string;
  readonly constraint: string;
}

/** A scheme, such as `http://`, which is the default. */
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Texts that `http://` must not be added to: a path, and a scheme without its `//`. */
const WITHOUT_HOST = /^(?:\/(?!\/)|https?:(?!\/\/))/i;

/**
 * Splits an address as a person types it: `localhost:8080/roof?time,temperature`.
 * @throws a `TypeError` if it names no server
 */
export function sourceAddress(typed: string): SourceAddress {
  const address = typed.trim();
  if (address === '' || WITHOUT_HOST.test(address)) {
    throw new TypeError(
      `expected the address of a dataset with its server, such as http://pi:8080/roof or localhost:8080/roof, found ${JSON.stringify(address)}`,
    );
  }
  const whole = SCHEME.test(address) ? address : `http://${address.replace(/^\/\//, '')}`;
  const mark = whole.indexOf('?');
  if (mark < 0) return { url: whole, constraint: '' };
  return { url: whole.slice(0, mark), constraint: whole.slice(mark + 1) };
}

/** @throws a `TypeError` if no request can be sent to the address */
export function checkAddress(typed: string): void {
  const { url, constraint } = sourceAddress(typed);
  parseAddress(url, constraint);
}

/** A text with the address that a person typed, as it may be shown. */
export function withoutPassword(text: string): string {
  return text.replaceAll(/\/\/[^/?#\s"]*@/g, '//');
}

export interface DescribeOptions {
  readonly signal: AbortSignal;
  readonly fetch?: Fetch | undefined;
  /** Called after each failed attempt, with the seconds until the next one. */
  readonly onFailure: (reason: string, delay: number) => void;
}

/**
 * The shape of the rows at an address. Rejects with errors that retrying cannot fix, such as a refusal or a wrong address, and
 * with the signal's reason.
 */
export async function describeSource(
  { url, constraint }: SourceAddress,
  { signal, fetch, onFailure }: DescribeOptions,
): Promise<RowShape> {
  const retry = completeRetry({});
  const address = parseAddress(url, constraint);
  const query = encodeConstraint(parseConstraint(address.query));
  for (let attempt = 1; ; attempt += 1) {
    const connection = new ClientConnection(
      completeOptions({ signal, ...(fetch === undefined ? {} : { fetch }) }),
    );
    try {
      const dataset = await askDds(connection, address, query);
      // Without attributes the rows come all the same.
      return shapeOf(dataset, (await askDasIfAny(connection, address)) ?? new Map());
    } catch (error) {
      if (!(error instanceof Interruption)) throw error;
      if (error.isLasting) throw failureOf(error, address.base);
      const delay = (error.retryAfter ?? 0) + backOff(attempt, retry, Math.random);
      onFailure(error.message, delay);
      await pause(delay, signal);
    } finally {
      connection.close();
    }
  }
}

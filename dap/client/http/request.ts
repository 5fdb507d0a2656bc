// Makes one request, and tells a refusal that will stand from an interruption that another attempt may mend.

import { DapError, parseError } from '../../model/error.ts';
import { DapSyntaxError } from '../../model/text-scanner.ts';
import { bodyText, collectBytes } from './bytes.ts';
import { ClientConnection, type ConnectionOptions, type Fetch, Interruption } from './connection.ts';
import { retryAfter, shortenedPause } from './reconnect.ts';

/** The longest body of a refusal, in bytes, that is searched for the server's reason. */
const LONGEST_REFUSAL = 65_536;

/** A wrong response or none at all; the message names the address and the reason. */
export class ResponseError extends Error {
  override readonly name = 'ResponseError';
  readonly address: string;
  /** The HTTP status; undefined if no response came. */
  readonly status: number | undefined;

  constructor(address: string, reason: string, options: { status?: number; cause?: unknown } = {}) {
    super(`${address}: ${reason}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.address = address;
    this.status = options.status;
  }
}

/**
 * True for a status that can be different a moment later: 408, 425, 429 and the server errors, except those of a server that
 * lacks the feature (501, 505).
 */
export function isTransient(status: number): boolean {
  return [408, 425, 429].includes(status) || (status >= 500 && status !== 501 && status !== 505);
}

export interface RequestOptions {
  /** Ends the request at once, by throwing the signal's reason. */
  readonly signal?: AbortSignal;
  /** Seconds without a byte after which a connection counts as dead; 90 by default, 0 = never. */
  readonly silence?: number;
  /** Replaces the platform's `fetch`. */
  readonly fetch?: Fetch;
}

/** The options with their defaults. Throws a `RangeError` for a silence that is not a number from 0 on. */
export function completeOptions({ signal, silence = 90, fetch }: RequestOptions): ConnectionOptions {
  if (!(silence >= 0)) throw new RangeError(`Expected silence to be 0 s or more, found ${silence}`);
  return { signal, silence, fetch: fetch ?? globalThis.fetch };
}

/** The result of `work` on a connection of its own, in one attempt: an interruption becomes an error that names `address`. */
export async function once<T>(
  address: string,
  options: RequestOptions,
  work: (connection: ClientConnection) => Promise<T>,
): Promise<T> {
  const connection = new ClientConnection(completeOptions(options));
  try {
    return await work(connection);
  } catch (error) {
    throw error instanceof Interruption ? failureOf(error, address) : error;
  } finally {
    connection.close();
  }
}

/**
 * Requests `address`: resolves to a response of status 200. Throws an `Interruption` if `worthRetrying` accepts the status, else
 * the server's `DapError`, or a `ResponseError` if the body holds no Error object.
 */
export async function ask(
  connection: ClientConnection,
  address: string,
  headers: Readonly<Record<string, string>>,
  worthRetrying: (status: number) => boolean = isTransient,
): Promise<Response> {
  const response = await connection.open(address, headers);
  const { status } = response;
  if (status === 200) return response;
  const refusal = refusalIn(await bodyOfRefusal(connection, response), address, status);
  // A 500 with a DAP2 Error object answers this request; a 500 without one is a server that failed.
  const answered = status === 500 && refusal instanceof DapError;
  if (answered || !worthRetrying(status)) throw refusal;
  const reason = refusal.message + shortenedPause(response.headers);
  throw new Interruption(reason, { cause: refusal, retryAfter: retryAfter(response.headers) });
}

/** True for ERDDAP's answer that no row matches: a 404, although the dataset exists. */
export function saysNoRows(error: unknown): error is DapError | ResponseError {
  return error instanceof DapError && /produced no matching results/i.test(error.message);
}

/** The server's error with the address before its message, and with the HTTP status if it has no code of its own. */
export function located(error: DapError, address: string, status: number): DapError {
  return new DapError(error.code < 0 ? status : error.code, `${address}: ${error.message}`);
}

/** The error to throw after the last attempt; it names the address. */
export function failureOf({ message, cause }: Interruption, address: string): DapError | ResponseError {
  if (cause instanceof DapError || cause instanceof ResponseError) return cause;
  return new ResponseError(address, message, { cause });
}

/** The Error object in `body`; undefined if `body` is anything else. */
export function errorObjectIn(body: string, address: string, status: number): DapError | undefined {
  try {
    const error = parseError(body);
    return error && located(error, address, status);
  } catch (error) {
    if (error instanceof DapSyntaxError) return undefined;
    throw error;
  }
}

function refusalIn(body: string, address: string, status: number): DapError | ResponseError {
  const refusal = errorObjectIn(body, address, status);
  return refusal ?? new ResponseError(address, `expected HTTP status 200, found ${status}`, { status });
}

/** The text of a refusal's body; empty if it is too long or broke off, since the status remains. */
async function bodyOfRefusal(connection: ClientConnection, response: Response): Promise<string> {
  try {
    const bytes = await collectBytes(connection.bytes(response), LONGEST_REFUSAL);
    return bodyText(bytes, response.headers.get('content-type'));
  } catch (error) {
    if (error instanceof RangeError || error instanceof Interruption) return '';
    throw error;
  }
}

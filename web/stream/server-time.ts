// Reads a server's clock before any row has come: from the `Date` header of a response.

import { DAP2 } from '../../dap/formats/index.ts';
import type { DatasetAddress } from './address.ts';

/** Milliseconds by which a `Date` is behind at most: it holds whole seconds. */
export const TRUNCATED = 1000;

/** Milliseconds to wait for an answer. */
const PATIENCE = 8000;

/**
 * The server's time in milliseconds since 1970, rather a second too late than too early; undefined if the server does not
 * answer soon, sends no `Date`, or hides it from pages of another origin.
 */
export async function askServerTime(
  { base }: DatasetAddress,
  signal: AbortSignal,
): Promise<number | undefined> {
  const request = new AbortController();
  const stop = (): void => request.abort();
  signal.addEventListener('abort', stop);
  const patience = setTimeout(stop, PATIENCE);
  try {
    signal.throwIfAborted();
    const asked = { cache: 'no-store', signal: request.signal } as const;
    const response = await fetch(`${base}${DAP2.version.suffix}`, asked);
    await response.text();
    const date = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(date) ? undefined : date + TRUNCATED;
  } catch {
    signal.throwIfAborted();
    return undefined;
  } finally {
    clearTimeout(patience);
    signal.removeEventListener('abort', stop);
  }
}

// Reads a server's clock before any row has come: from the `Date` header of a response.

import { DAP2 } from '../../dap/formats/index.ts';
import type { DatasetAddress } from './address.ts';

/** Milliseconds by which a `Date` is behind at most: it holds whole seconds. */
export const TRUNCATED = 1000;

/**
 * The server's time in milliseconds since 1970, rather a second too late than too early; the browser's time if the server
 * sends no `Date` or hides it from pages of another origin.
 */
export async function askServerTime({ base }: DatasetAddress, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(`${base}${DAP2.version.suffix}`, { cache: 'no-store', signal });
    await response.text();
    const date = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(date) ? Date.now() : date + TRUNCATED;
  } catch {
    signal.throwIfAborted();
    return Date.now();
  }
}

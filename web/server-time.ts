// What the clock of a server says before any row has come: the `Date` of a response.

import type { DatasetAddress } from './address.ts';

/**
 * The server's time in milliseconds since 1970, to a second or two; the browser's where the server does not say or
 * does not let a page of another origin see it.
 */
export async function askServerTime({ base }: DatasetAddress, signal: AbortSignal): Promise<number> {
  try {
    const response = await fetch(`${base}.dds`, { method: 'HEAD', cache: 'no-store', signal });
    const date = Date.parse(response.headers.get('date') ?? '');
    return Number.isNaN(date) ? Date.now() : date;
  } catch {
    signal.throwIfAborted();
    return Date.now();
  }
}

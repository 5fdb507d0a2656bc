// Reads the server's clock for an address whose times depend on it: the browser's may be wrong.

import type { DatasetAddress } from '../stream/address.ts';
import { lastValue, parametersOf } from '../stream/parameters.ts';
import { askServerTime } from '../stream/server-time.ts';
import { isRelative } from './view-times.ts';

/** Milliseconds to wait for a server: the page then begins with the browser's clock. */
const PATIENCE = 3000;

/**
 * A function that gives the time of the first dataset's server, in milliseconds since 1970; the browser's time if the address does not
 * need more than that, or the server does not answer.
 */
export async function clockOf([first]: readonly DatasetAddress[], href: string): Promise<() => number> {
  const browser = () => Date.now();
  const parameters = parametersOf(href);
  const [from, to] = [lastValue(parameters, 'from'), lastValue(parameters, 'to')];
  const isUpToNow = to === undefined || to.trim() === 'now';
  const isNeeded =
    parameters.has('at') ||
    (!isUpToNow && isRelative(to)) ||
    (from !== undefined && isRelative(from) !== isUpToNow);
  if (first === undefined || !isNeeded) return browser;
  try {
    const server = await askServerTime(first, AbortSignal.timeout(PATIENCE));
    const begin = performance.now();
    return server === undefined ? browser : () => server + performance.now() - begin;
  } catch {
    return browser;
  }
}

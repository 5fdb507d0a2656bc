// Notices that the server describes the dataset of an embedded chart anew, such as with other limits or another title.

import type { DatasetAddress } from '../stream/address.ts';
import type { Description } from '../stream/describe.ts';
import { otherDescription } from '../stream/describe-again.ts';

/** Milliseconds between two questions while the page is visible. */
const EVERY = 60_000;

/** Calls `changed` when the dataset at `address` has another description than `known`, until `signal` is aborted. */
export function watchDescription(
  address: DatasetAddress,
  known: Description,
  changed: () => void,
  signal: AbortSignal,
): void {
  const ask = async () => {
    if (document.hidden) return;
    // A server that does not answer is asked again.
    const other = await otherDescription(address, known).catch(() => undefined);
    if (other !== undefined && !signal.aborted) changed();
  };
  const timer = setInterval(ask, EVERY);
  signal.addEventListener('abort', () => clearInterval(timer));
  document.addEventListener('visibilitychange', ask, { signal });
}

// Asks for the description of a dataset until an answer comes: a page may be opened while the server still starts.

import { DapError, describe, ResponseError } from '../../dap/index.ts';
import { type DatasetAddress, encodedConstraint } from './address.ts';
import type { Description } from './describe.ts';
import { describeAt } from './describe-at.ts';
import type { StreamState } from './stream-state.ts';

/** Milliseconds before the next request: at first, and at most. */
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 10_000;

/** Events after which the server may be reachable again. */
const HOPEFUL = ['online', 'pageshow', 'focus'];

/** The description of a dataset, as far as it could be read. */
export interface PatientDescription {
  readonly description: Description;
  /** Why attributes are missing; undefined if all could be read. */
  readonly problem: string | undefined;
}

/**
 * The description of the dataset at `address`. Asks again, after longer and longer waits, while no answer comes, or the server says
 * that the dataset cannot be read yet. `changed` is called before each request and before each wait, with the error that led to it; a
 * click on `again` ends the wait. Rejects when the server refuses, or `signal` is aborted.
 */
export async function describePatiently(
  address: DatasetAddress,
  again: EventTarget,
  changed: (state: StreamState, error?: unknown) => void,
  signal: AbortSignal = new AbortController().signal,
): Promise<PatientDescription> {
  const query = address.constraint === '' ? '' : `?${encodedConstraint(address)}`;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    changed({ state: 'connecting' });
    try {
      const { dataset, attributes, problem } = await describe(`${address.base}${query}`, { signal });
      return { description: await describeAt(address, dataset, attributes), problem };
    } catch (error) {
      signal.throwIfAborted();
      if (!mayComeBack(error)) throw error;
      changed({ state: 'reconnecting', until: performance.now() + wait, reason: '' }, error);
      await waitUnlessWoken(wait, again, signal);
      signal.throwIfAborted();
    }
  }
}

/** Whether the server may give the description later: a dataset may wait for its sensor, and a server that is stopped may start again. */
function mayComeBack(error: unknown): boolean {
  // An Error object with the status 500 is an answer.
  if (error instanceof DapError) return error.code === 503;
  return error instanceof ResponseError && (error.status === undefined || error.status >= 500);
}

function waitUnlessWoken(millis: number, again: EventTarget, signal: AbortSignal): Promise<void> {
  return new Promise(resolve => {
    const ended = new AbortController();
    const wake = (): void => {
      ended.abort();
      clearTimeout(timer);
      resolve();
    };
    const timer = setTimeout(wake, millis);
    for (const event of HOPEFUL) addEventListener(event, wake, { signal: ended.signal });
    again.addEventListener('click', wake, { signal: ended.signal });
    signal.addEventListener('abort', wake, { signal: ended.signal });
  });
}

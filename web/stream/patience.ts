// What a dataset holds, asked for until there is an answer: a page may be opened while the server still starts.

import { describe, ResponseError } from '../../dap/index.ts';
import { type DatasetAddress, encodedConstraint } from './address.ts';
import { type Description, describeDataset } from './describe.ts';
import type { StreamState } from './stream-state.ts';

/** Milliseconds before the server is asked again: at first, and at most. */
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30_000;

/** Events after which there is reason to believe that the server can be reached again. */
const HOPEFUL = ['online', 'pageshow', 'focus'];

/** What the page knows of a dataset. */
export interface Described {
  readonly description: Description;
  /** Why attributes are missing; undefined where all could be read. */
  readonly problem: string | undefined;
}

/**
 * The description of the dataset at `address`. Asks again, after longer and longer waits, while no answer comes;
 * `waiting` is told of each wait, and a click on `again` ends it. Rejects where the answer is no.
 */
export async function describeWithPatience(
  address: DatasetAddress,
  again: HTMLElement,
  waiting: (connection: StreamState, error?: unknown) => void,
): Promise<Described> {
  const query = address.constraint === '' ? '' : `?${encodedConstraint(address)}`;
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, wait * 2)) {
    waiting({ state: 'connecting' });
    try {
      const { dataset, attributes, problem } = await describe(`${address.base}${query}`);
      return { description: describeDataset(dataset, attributes), problem };
    } catch (error) {
      const mayComeBack =
        error instanceof ResponseError && (error.status === undefined || error.status >= 500);
      if (!mayComeBack) throw error;
      waiting({ state: 'reconnecting', until: performance.now() + wait, reason: '' }, error);
      await waitUnlessWoken(wait, again);
    }
  }
}

function waitUnlessWoken(millis: number, again: HTMLElement): Promise<void> {
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
  });
}

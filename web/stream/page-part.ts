// Loads a part of the page that its first sight does not need, and tries again until it comes.

import { pause } from './pause.ts';

/** Milliseconds before the next attempt: at first, and at most. */
const FIRST_WAIT = 2000;
const LONGEST_WAIT = 30_000;

/** The file of a part did not come: the server is away, or was upgraded and has another file. */
export class PartError extends Error {
  override readonly name = 'PartError';

  constructor(cause: unknown) {
    super(
      'A part of this page cannot be loaded now. If the server answers, it has a newer page: reload this one.',
      { cause },
    );
  }
}

/**
 * The module that `load` imports. After a failure it calls `failed` and tries again, after longer and longer waits. Does not reject
 * before `signal` is aborted.
 */
export async function loadPart<T>(
  load: () => Promise<T>,
  failed: (error: PartError) => void = () => {},
  signal: AbortSignal = new AbortController().signal,
): Promise<T> {
  for (let wait = FIRST_WAIT; ; wait = Math.min(LONGEST_WAIT, 2 * wait)) {
    try {
      return await load();
    } catch (error) {
      signal.throwIfAborted();
      failed(new PartError(error));
      await pause(wait, signal);
    }
  }
}

// Loads a part of the page that its first sight does not need, and tries again until it comes.

import { element } from '../text/element.ts';
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

/** A part of the page with a style sheet of its own. */
export interface StyledPart {
  /** The address of the style sheet. */
  readonly STYLE: string;
}

/** The module that `load` imports, once its style sheet is there too. Rejects if either does not come. */
export async function withStyle<T extends StyledPart>(load: () => Promise<T>): Promise<T> {
  const part = await load();
  const { STYLE: href } = part;
  if (document.head.querySelector(`link[href="${href}"]`) !== null) return part;
  const sheet = element('link', { rel: 'stylesheet', href });
  await new Promise<void>((resolve, reject) => {
    sheet.addEventListener('load', () => resolve());
    sheet.addEventListener('error', () => {
      sheet.remove();
      reject(new Error(`no style sheet at ${href}`));
    });
    document.head.append(sheet);
  });
  return part;
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

// Decides how long a client waits between attempts to connect: full-jitter exponential back-off and `Retry-After`.

import { onAbort } from '../../decode/on-abort.ts';

/** How a broken connection is made anew. */
export interface Retry {
  /** The longest first wait in seconds; every further wait doubles it. */
  readonly base: number;
  /** The longest wait of the back-off in seconds. */
  readonly cap: number;
  /** The attempts in a row that may fail before the last failure is thrown; 0 = no further attempt. */
  readonly attempts: number;
}

/** The longest `Retry-After` in seconds that is honoured: an attempt an hour is cheap, and longer timers overflow. */
const LONGEST_RETRY_AFTER = 3600;

/** The longest `Retry-After` in days that a message prints as a number. */
const LONGEST_PRINTED = 9999;

/** The event that ends a wait at once; see `FollowOptions.wake`. */
export const WAKE = 'wake';

/** The settings, with defaults for missing ones. Throws a `RangeError` for a value that is not a number from 0 on. */
export function completeRetry({
  base = 0.5,
  cap = 30,
  attempts = Number.POSITIVE_INFINITY,
}: Partial<Retry>): Retry {
  for (const [name, value] of Object.entries({ base, cap, attempts })) {
    if (!(value >= 0)) throw new RangeError(`Expected retry.${name} to be 0 or more, found ${value}`);
  }
  return { base, cap, attempts };
}

/**
 * Seconds to wait before attempt number `attempt` (from 1): evenly distributed from 0 to `base` doubled with each attempt, at
 * most `cap`. So the clients that a server lost at the same moment do not all return at the same moment.
 */
export function backOff(attempt: number, { base, cap }: Retry, random: () => number): number {
  return random() * Math.min(cap, base * 2 ** Math.min(attempt - 1, 52));
}

/**
 * Seconds to wait by the `Retry-After` of a response (RFC 9110, section 10.2.3), at most an hour; undefined without one.
 * A date is compared with the server's own `Date`, so that a wrong clock on either side does no harm.
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const asked = wantedPause(headers, now);
  return asked && Math.min(LONGEST_RETRY_AFTER, asked);
}

/** The end of a message about a `Retry-After` that is longer than the hour it is honoured for; empty for any other. */
export function shortenedPause(headers: Headers, now: number = Date.now()): string {
  const asked = wantedPause(headers, now) ?? 0;
  if (asked <= LONGEST_RETRY_AFTER) return '';
  const days = asked / 86_400;
  const long =
    days > LONGEST_PRINTED ? `more than ${LONGEST_PRINTED} days` : `${Number(days.toPrecision(3))} days`;
  return `; its Retry-After is ${long}, the next attempt follows after an hour`;
}

/** The `Retry-After` of a response in seconds; undefined without one. */
function wantedPause(headers: Headers, now: number): number | undefined {
  const value = headers.get('retry-after')?.trim();
  if (value === undefined || value === '') return undefined;
  let seconds: number;
  if (/^\d+$/.test(value)) {
    seconds = Number(value);
  } else {
    const date = Date.parse(headers.get('date') ?? '');
    seconds = (Date.parse(value) - (Number.isNaN(date) ? now : date)) / 1000;
  }
  return Number.isNaN(seconds) ? undefined : Math.max(0, seconds);
}

/** Seconds as the milliseconds of a timer, at most the 24 days that a timer takes: a longer one would fire at once. */
export function timerDelay(seconds: number): number {
  return Math.min(seconds * 1000, 2 ** 31 - 1);
}

/**
 * Waits for `seconds`; true if the event `wake` ended the wait earlier. Rejects with the signal's reason as soon as the signal is
 * aborted.
 */
export async function pause(seconds: number, signal: AbortSignal, wake?: EventTarget): Promise<boolean> {
  let end = (): void => {};
  try {
    return await new Promise<boolean>((resolve, reject) => {
      const woken = (): void => resolve(true);
      const timer = setTimeout(() => resolve(false), timerDelay(seconds));
      const forget = onAbort(signal, reject);
      wake?.addEventListener(WAKE, woken);
      end = () => {
        clearTimeout(timer);
        forget();
        wake?.removeEventListener(WAKE, woken);
      };
    });
  } finally {
    end();
  }
}

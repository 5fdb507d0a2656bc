// The pauses between attempts to connect: full-jitter exponential back-off, Retry-After, and a wait that can be skipped.

/** How a connection that broke is made anew. */
export interface Retry {
  /** Seconds that the first wait lasts at most; doubled with every further one. */
  readonly base: number;
  /** Seconds that any wait of the back-off lasts at most. */
  readonly cap: number;
  /** How many attempts in a row may fail before the last failure is thrown; 0 = a connection is never made anew. */
  readonly attempts: number;
}

/** Seconds that a `Retry-After` is honoured for at most: past that it is cheap to ask again, and timers overflow. */
const LONGEST_RETRY_AFTER = 3600;

/** Days of a `Retry-After` that are told in digits. */
const LONGEST_TOLD = 9999;

/** The event that ends a wait at once; see `FollowOptions.wake`. */
export const WAKE = 'wake';

/** The defaults for what is left out. Throws a `RangeError` for anything that is no number of 0 or more. */
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
 * Seconds to wait before attempt number `attempt` (from 1): evenly spread from 0 to `base` doubled with each attempt, at
 * most `cap`. So clients that one server lost at the same moment do not return at the same moment.
 */
export function backOff(attempt: number, { base, cap }: Retry, random: () => number): number {
  return random() * Math.min(cap, base * 2 ** Math.min(attempt - 1, 52));
}

/**
 * Seconds that a response asks to wait for (RFC 9110, section 10.2.3), at most an hour; undefined where it does not.
 * A date is compared with the server's own `Date`, so a wrong clock on either side does no harm.
 */
export function retryAfter(headers: Headers, now: number = Date.now()): number | undefined {
  const asked = wantedPause(headers, now);
  return asked && Math.min(LONGEST_RETRY_AFTER, asked);
}

/** Says so where a response asks to wait for longer than it is waited for; empty where it does not. */
export function shortenedPause(headers: Headers, now: number = Date.now()): string {
  const asked = wantedPause(headers, now) ?? 0;
  if (asked <= LONGEST_RETRY_AFTER) return '';
  const days = asked / 86_400;
  const long = days > LONGEST_TOLD ? `more than ${LONGEST_TOLD} days` : `${Number(days.toPrecision(3))} days`;
  return `; it wants to be asked again after ${long} (Retry-After), and is after an hour`;
}

/** Seconds that a response asks to wait for; undefined where it does not. */
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
 * Waits for `seconds`; true if `wake` ended the wait before that. Rejects with the signal's reason as soon as it is
 * aborted.
 */
export function pause(seconds: number, signal: AbortSignal, wake?: EventTarget): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const done = (settle: () => void): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', aborted);
      wake?.removeEventListener(WAKE, woken);
      settle();
    };
    const aborted = (): void => done(() => reject(signal.reason));
    const woken = (): void => done(() => resolve(true));
    const timer = setTimeout(() => done(() => resolve(false)), timerDelay(seconds));
    signal.addEventListener('abort', aborted);
    wake?.addEventListener(WAKE, woken);
    if (signal.aborted) aborted();
  });
}

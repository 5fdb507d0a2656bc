// The system's two clocks behind one interface, which tests and simulations replace, and waits on them that can be aborted.

export interface Clock {
  /** Seconds since a fixed moment; never steps and never runs back. */
  monotonic(): number;
  /** Seconds since 1970 by the system clock, rounded down to whole milliseconds. Steps when the system clock is set. */
  wall(): number;
  /**
   * Resolves once `monotonic()` has reached `time`, never earlier, or within milliseconds of an abort. Does not
   * reject, and leaves neither timer nor listener behind.
   */
  sleepUntil(time: number, signal?: AbortSignal): Promise<void>;
}

/** The longest delay of Node's timers; longer ones fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** Waits up to this one are a single timer. */
const SHORT_WAIT_MS = 200;

/**
 * Milliseconds of a longer wait that are left to a second timer. Linux may end a poll late by a thousandth of its length, by a
 * two-hundredth if the process is nice, at the most by 0.1 s (fs/select.c, select_estimate_accuracy).
 */
const lastPart = (leftMs: number) => Math.min(10 + leftMs / 100, 150);

/**
 * Its wait is written by hand since `node:timers/promises` rejects with a new error for each abort, which doubles the cost of
 * a wait that ends early, and since a timer may fire before its time.
 */
export const systemClock: Clock = {
  monotonic: () => performance.now() / 1000,
  wall: () => Date.now() / 1000,
  sleepUntil: (time, signal) =>
    new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', finish);
        resolve();
      };
      const look = () => {
        const leftMs = time * 1000 - performance.now();
        if (leftMs <= 0 || signal?.aborted) finish();
        else if (leftMs <= SHORT_WAIT_MS) timer = setTimeout(look, Math.ceil(leftMs));
        else timer = setTimeout(look, Math.min(leftMs - lastPart(leftMs), LONGEST_TIMER_MS));
      };
      signal?.addEventListener('abort', finish, { once: true });
      look();
    }),
};

/** A given reason keeps `abort` from making an error with a stack. */
const ENOUGH = 'enough';

/**
 * Waits until `work` settles, but not longer than `seconds` and not past an abort. Does not reject.
 * @returns whether `work` has settled
 */
export async function waitFor(
  clock: Clock,
  work: Promise<unknown>,
  seconds: number,
  signal?: AbortSignal,
): Promise<boolean> {
  if (signal?.aborted) return false;
  const enough = new AbortController();
  let hasSettled = false;
  const stop = () => enough.abort(ENOUGH);
  const settle = () => {
    hasSettled = true;
    stop();
  };
  signal?.addEventListener('abort', stop, { once: true });
  void work.then(settle, settle);
  await clock.sleepUntil(clock.monotonic() + seconds, enough.signal);
  signal?.removeEventListener('abort', stop);
  return hasSettled;
}

/** Lets everything else that is ready run once in the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

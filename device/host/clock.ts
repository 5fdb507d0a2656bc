// What time it is, and how to wait: the system's two clocks behind one interface, so that tests can put another there.

export interface Clock {
  /** Seconds since some fixed moment. Never stepped, never runs back. */
  monotonic(): number;
  /** Seconds since 1970 as the system clock has them, in whole milliseconds rounded down. Steps when the clock is set. */
  wall(): number;
  /**
   * Resolves once `monotonic()` has reached `time`, never earlier, or within milliseconds of an abort. Does not
   * reject; leaves neither timer nor listener behind.
   */
  sleepUntil(time: number, signal: AbortSignal): Promise<void>;
}

/** Longer delays than this make Node's timers fire at once. */
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export const systemClock: Clock = {
  monotonic: () => performance.now() / 1000,
  wall: () => Date.now() / 1000,
  sleepUntil: (time, signal) =>
    new Promise(resolve => {
      let timer: NodeJS.Timeout | undefined;
      const finish = () => {
        clearTimeout(timer);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      // A timer may fire a little early, and is cut at its longest delay: look again each time.
      const look = () => {
        const left = time * 1000 - performance.now();
        if (left <= 0 || signal.aborted) finish();
        else timer = setTimeout(look, Math.min(Math.ceil(left), LONGEST_TIMER_MS));
      };
      signal.addEventListener('abort', finish, { once: true });
      look();
    }),
};

/** The reason of an abort that nobody asks for the reason of; without one, each abort makes an error with a stack. */
const ENOUGH = 'enough';

/** Waits for `work`, which must not reject, for `seconds` at most, or until the abort. */
export async function waitFor(
  clock: Clock,
  work: Promise<unknown>,
  seconds: number,
  signal?: AbortSignal,
): Promise<void> {
  const enough = new AbortController();
  const stop = () => enough.abort(ENOUGH);
  if (signal?.aborted) return;
  signal?.addEventListener('abort', stop, { once: true });
  void work.then(stop);
  await clock.sleepUntil(clock.monotonic() + seconds, enough.signal);
  signal?.removeEventListener('abort', stop);
}

/** Lets everything else that is due have its turn of the event loop. */
export function nextTurn(): Promise<void> {
  return new Promise(resolve => setImmediate(resolve));
}

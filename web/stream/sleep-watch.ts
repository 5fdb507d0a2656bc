// Notices that the machine slept, or that its clock was set: in both cases what the page knows of the server's clock is out of date.

/** Milliseconds between two looks, and by which the two clocks of the browser may drift apart between them. */
const LOOK_EVERY = 1000;
const DRIFT = 2000;

/**
 * `performance.now()`, by which the page measures what passes, stands still in many browsers while the machine sleeps. The clock
 * goes on, so that the two are further apart afterwards. Calls `slept` then, until `signal` is aborted.
 */
export function watchSleep(slept: () => void, signal: AbortSignal): void {
  let apart = Date.now() - performance.now();
  const look = (): void => {
    const now = Date.now() - performance.now();
    const hasSlept = Math.abs(now - apart) > DRIFT;
    apart = now;
    if (hasSlept) slept();
  };
  const timer = setInterval(look, LOOK_EVERY);
  signal.addEventListener('abort', () => clearInterval(timer));
}

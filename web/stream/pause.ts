// Waits for a time, or until a signal is aborted.

/** Resolves after `millis`; rejects with the reason of `signal` as soon as it is aborted. */
export function pause(millis: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const wake = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', wake);
      if (signal.aborted) reject(signal.reason);
      else resolve();
    };
    const timer = setTimeout(wake, millis);
    signal.addEventListener('abort', wake);
    if (signal.aborted) wake();
  });
}

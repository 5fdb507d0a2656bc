// Calls a function when a signal is aborted, and leaves no listener behind on a signal that outlives the call.

/**
 * Calls `abort` once with the signal's reason: when it is aborted, or at once if it is aborted already. Returns a function that
 * removes the listener.
 */
export function onAbort(signal: AbortSignal | undefined, abort: (reason: unknown) => void): () => void {
  if (signal === undefined) return () => {};
  const listener = (): void => abort(signal.reason);
  if (signal.aborted) listener();
  else signal.addEventListener('abort', listener, { once: true });
  return () => signal.removeEventListener('abort', listener);
}

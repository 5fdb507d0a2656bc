// How is what cannot be shared used by one at a time? By queues with names: a bus, a chip, a 1-Wire master.

/**
 * Runs `work` when all work of the same name that was asked for before has ended, and gives what it gives. Work that
 * is still in the queue when `signal` aborts is not begun; of work that has begun only the wait is given up, and the next
 * in the queue still waits for its end. Work that waits for work of its own name waits for ever.
 */
export type Serial = <T>(name: string, work: () => Promise<T>, signal?: AbortSignal) => Promise<T>;

/** Queues that know of nobody else's: one set of them for all that shares the hardware. */
export function serialQueues(): Serial {
  const ends = new Map<string, Promise<void>>();
  return (name, work, signal) => {
    const result = (ends.get(name) ?? Promise.resolve()).then(() => {
      signal?.throwIfAborted();
      return work();
    });
    const end = result.then(nothing, nothing).then(() => {
      if (ends.get(name) === end) ends.delete(name);
    });
    ends.set(name, end);
    return signal === undefined ? result : untilAbort(result, signal);
  };
}

function nothing(): void {}

/** What `work` gives, or a rejection with the reason of the abort where that comes first. */
function untilAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    if (signal.aborted) stop();
    signal.addEventListener('abort', stop, { once: true });
    const finish = () => signal.removeEventListener('abort', stop);
    work.then(resolve, reject).then(finish, finish);
  });
}
